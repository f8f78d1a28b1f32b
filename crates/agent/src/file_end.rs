//! The last lines of a file, without reading the rest.
use std::{fs::File, io, os::unix::fs::FileExt as _};

const BLOCK_BYTES: u64 = 64 << 10;

/// The end of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FileEnd {
    /// Whole lines with their ends; the last one may have none.
    pub(crate) bytes: Vec<u8>,
    /// Where they begin in the file.
    pub(crate) from: u64,
}

/// Reads the last lines of what is before byte `end` of a file: as many as `lines`, and no more than `max_bytes`. Blocks.
pub(crate) fn read(file: &File, end: u64, lines: usize, max_bytes: u64) -> io::Result<FileEnd> {
    let stop = end.saturating_sub(max_bytes);
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    let mut from = end;
    let mut seen = 0_usize;
    while from > stop && seen <= lines {
        let length = BLOCK_BYTES.min(from - stop);
        from -= length;
        let mut block = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        file.read_exact_at(&mut block, from)?;
        // The line end that ends the last line begins no further one.
        let last = blocks.is_empty() && block.last() == Some(&b'\n');
        seen += memchr::memchr_iter(b'\n', &block).count() - usize::from(last);
        blocks.push(block);
    }
    let bytes: Vec<u8> = blocks.into_iter().rev().flatten().collect();
    let skipped = skip(&bytes, from, seen, lines);
    Ok(FileEnd {
        from: from + u64::try_from(skipped).unwrap_or(u64::MAX),
        bytes: bytes.get(skipped..).unwrap_or_default().to_vec(),
    })
}

/// How many bytes are before the first line that is wanted.
fn skip(bytes: &[u8], from: u64, seen: usize, lines: usize) -> usize {
    // The beginning of a line that began earlier is no line.
    let surplus = if seen >= lines {
        seen - lines + 1
    } else {
        usize::from(from > 0)
    };
    match surplus.checked_sub(1) {
        None => 0,
        Some(at) => memchr::memchr_iter(b'\n', bytes)
            .nth(at)
            .map_or(bytes.len(), |end| end + 1),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn end_of(bytes: &[u8], lines: usize, max_bytes: u64) -> FileEnd {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, bytes).unwrap();
        let length = u64::try_from(bytes.len()).unwrap();
        read(&File::open(path).unwrap(), length, lines, max_bytes).unwrap()
    }

    #[test]
    fn end_of_a_short_file_is_all_of_it() {
        assert_eq!(
            end_of(b"a\nb\n", 10, 100),
            FileEnd {
                bytes: b"a\nb\n".to_vec(),
                from: 0
            }
        );
        assert_eq!(
            end_of(b"", 10, 100),
            FileEnd {
                bytes: Vec::new(),
                from: 0
            }
        );
        assert_eq!(end_of(b"a\nb\n", 2, 100).from, 0);
    }

    #[test]
    fn end_is_the_last_lines_also_without_a_line_end() {
        assert_eq!(
            end_of(b"a\nb\nc\n", 2, 100),
            FileEnd {
                bytes: b"b\nc\n".to_vec(),
                from: 2
            }
        );
        assert_eq!(end_of(b"a\nb\nc", 2, 100).bytes, b"b\nc");
    }

    #[test]
    fn line_that_does_not_fit_is_left_out() {
        assert_eq!(end_of(b"long line\nb\n", 10, 5).bytes, b"b\n");
        assert_eq!(end_of(b"one long line", 10, 5).bytes, b"");
    }

    proptest! {
        #[test]
        fn end_is_what_splitting_the_whole_file_gives(
            text in prop::collection::vec("[a-c]{0,9}", 0..40), newline in any::<bool>(), lines in 1_usize..50,
        ) {
            let mut whole = text.join("\n");
            if newline && !text.is_empty() { whole.push('\n'); }
            let end = end_of(whole.as_bytes(), lines, 1 << 20);
            let all: Vec<&str> = whole.split_inclusive('\n').collect();
            let wanted = all[all.len().saturating_sub(lines)..].concat();
            prop_assert_eq!(String::from_utf8(end.bytes).unwrap(), wanted);
        }
    }
}
