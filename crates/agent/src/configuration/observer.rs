//! What a change goes through, told while it happens.
use std::path::Path;

use domain::ApplyStep;

/// A moment in the life of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplyPoint<'a> {
    /// A step begins.
    Begins(ApplyStep),
    /// A step has ended, well or not.
    Ends(ApplyStep),
    /// Something on the disk has just become as it says.
    Disk(DiskPoint, &'a Path),
    /// A jail is about to be loaded or stopped.
    Loads(&'a str),
}

/// What has just happened to a file. Between any two of these the machine may lose its power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskPoint {
    /// The temporary file is there, empty.
    Made,
    /// The temporary file has all its bytes.
    Written,
    /// The temporary file is safe on the disk, with its owner and mode.
    Synced,
    /// The file has taken its place.
    Renamed,
    /// The file is gone.
    Removed,
    /// The folder is safe on the disk.
    FolderSynced,
}

/// Is told what a change goes through: where tests make things fail, and whoever wants to follow can.
///
/// Called on the thread that does the work, so it must be quick.
pub trait ApplyObserver: Send + Sync {
    /// A point was reached.
    fn reached(&self, point: &ApplyPoint<'_>);
}
