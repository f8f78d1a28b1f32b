//! The real binary as a process: what it says, how it ends, what it leaves behind. Nothing outside a test's own folder is touched.

// Marked as tests for clippy, which knows only unit tests by itself.
#[cfg(test)]
mod blind;
#[cfg(test)]
mod boot;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod completeness;
#[cfg(test)]
mod daemon;
#[cfg(test)]
mod data;
#[cfg(test)]
mod firewall;
#[cfg(test)]
mod ground;
#[cfg(test)]
mod health;
#[cfg(test)]
mod http;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod rescue;
#[cfg(test)]
mod stop;
