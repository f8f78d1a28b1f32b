//! Long work: cut into short orders to the host, with progress, one job of a kind at a time.

/// The jobs of this process.
#[derive(Default)]
pub struct Jobs {}
