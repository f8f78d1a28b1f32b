//! What programs write to their ends.
use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, copy, sink};

/// Reads to the end, and keeps what is within the limit: a full pipe would stop the program.
pub(crate) async fn read_to_end(
    from: Option<impl AsyncRead + Unpin>,
    limit: u64,
) -> io::Result<String> {
    let Some(from) = from else {
        return Ok(String::new());
    };
    let mut kept = Vec::new();
    let mut from = from.take(limit);
    from.read_to_end(&mut kept).await?;
    copy(&mut from.into_inner(), &mut sink()).await?;
    Ok(String::from_utf8_lossy(&kept).into_owned())
}

#[cfg(test)]
mod tests {
    use super::read_to_end;

    #[tokio::test]
    async fn what_is_beyond_the_limit_is_read_and_not_kept() {
        let mut text = std::io::Cursor::new(b"abcdef");
        assert_eq!(read_to_end(Some(&mut text), 4).await.unwrap(), "abcd");
        assert_eq!(text.position(), 6);
        assert_eq!(read_to_end(None::<&[u8]>, 4).await.unwrap(), "");
    }
}
