//! The allocator of the C library.

/// Larger blocks are the system's own, and go back to it as soon as they are freed. Without this it is a size that grows with what was freed.
#[cfg(target_env = "gnu")]
const OWN_BLOCK_BYTES: libc::c_int = 1 << 20;

/// Lets all threads share one arena of memory, and gives large blocks back.
///
/// Each thread would get an arena of its own, up to eight for each processor, and keep what it once needed: after much was heard at once, as much memory was held
/// for nothing as was in use. Small pieces are kept by each thread all the same, so that they seldom wait for each other.
#[cfg(target_env = "gnu")]
pub(crate) fn set_up() {
    #[expect(
        unsafe_code,
        reason = "there is no other way to tell the C library but the environment, which others made"
    )]
    // SAFETY: it takes two numbers, and is called before there is another thread. What it does not know it refuses, which changes nothing.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
        libc::mallopt(libc::M_MMAP_THRESHOLD, OWN_BLOCK_BYTES);
    }
}

/// Other C libraries have one arena.
#[cfg(not(target_env = "gnu"))]
pub(crate) const fn set_up() {}
