//! Handing out history whole: page after page from storage, one page in memory, no transaction held.
use std::sync::Arc;

use domain::{Event, EventPage, EventQuery, HistoryReads, StorageError};
use futures_util::{Stream, stream};

/// Writes events into a file of some form.
pub(crate) trait EventWriter: Send + 'static {
    /// What a page of the list becomes.
    ///
    /// # Errors
    /// When an event cannot be written in this form.
    fn page(&mut self, events: Vec<Event>) -> Result<Vec<u8>, ExportError>;
    /// What stands at the end.
    fn end(&mut self) -> Vec<u8>;
}

/// Why an export broke off. The client sees the connection end before its time, never a file that looks whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// Storage did not answer.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The form cannot hold an event.
    #[error("an event could not be written")]
    Form(#[source] Box<dyn std::error::Error + Send + Sync>),
}

enum Next {
    Page(EventPage),
    Ask,
    End,
}

struct Export<W> {
    history: Arc<dyn HistoryReads>,
    query: EventQuery,
    writer: W,
    next: Next,
}

/// The pieces of a file with all that the query finds, from its start to its end, in pages of the query's limit. The next page is read when the one before was taken, and none when nobody listens.
///
/// # Errors
/// Storage's, at the first page.
pub(crate) async fn export<W: EventWriter>(
    history: Arc<dyn HistoryReads>,
    mut query: EventQuery,
    writer: W,
) -> Result<impl Stream<Item = Result<Vec<u8>, ExportError>> + Send + use<W>, StorageError> {
    query.after = None;
    let first = history.events(&query).await?;
    let export = Export {
        history,
        query,
        writer,
        next: Next::Page(first),
    };
    Ok(stream::try_unfold(export, |export| async {
        export.piece().await.inspect_err(|error| {
            tracing::error!(
                error = error as &dyn std::error::Error,
                "an export of history broke off"
            );
        })
    }))
}

impl<W: EventWriter> Export<W> {
    async fn piece(mut self) -> Result<Option<(Vec<u8>, Self)>, ExportError> {
        let page = match std::mem::replace(&mut self.next, Next::End) {
            Next::End => return Ok(None),
            Next::Page(page) => page,
            Next::Ask => self.history.events(&self.query).await?,
        };
        let last = page.next.is_none();
        self.query.after = page.next;
        let mut piece = self.writer.page(page.items)?;
        if last {
            piece.append(&mut self.writer.end());
        } else {
            self.next = Next::Ask;
        }
        Ok(Some((piece, self)))
    }
}

#[cfg(test)]
mod tests;
