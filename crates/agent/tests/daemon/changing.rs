//! Changes of the configuration: planned, applied, confirmed, taken back.
mod apart;
mod confirming;
mod denied;
mod disks;
mod files;
mod kept;
mod killed;
mod loading;
mod planning;
mod settings;
mod stage;
