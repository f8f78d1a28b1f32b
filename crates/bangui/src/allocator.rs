//! The allocator of the C library.

/// Lets all threads share one arena of memory. Each thread would get its own, up to eight for each processor, and keep what it once needed: after much was
/// heard at once, as much memory was held for nothing as was in use. Small pieces are kept by each thread all the same, so that none waits for another.
#[cfg(target_env = "gnu")]
pub(crate) fn use_one_arena() {
    #[expect(
        unsafe_code,
        reason = "there is no other way to tell the C library but the environment, which others made"
    )]
    // SAFETY: it takes two numbers, and is called before there is another thread. What it does not know it refuses, which changes nothing.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}

/// Other C libraries have one.
#[cfg(not(target_env = "gnu"))]
pub(crate) const fn use_one_arena() {}
