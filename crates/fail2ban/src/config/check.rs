//! Rules that speak for or against configuration, without looking at anything but text.
//!
//! [`value`] looks at a value as it is in the end, [`writable`] at one that is to be written into a file, [`can_run_commands`] says whether it
//! takes a person who may run commands as root, and [`Reaching`] which options commands take up.

mod code;
mod commands;
mod fault;
mod forms;
mod names;
mod reaching;
mod references;
mod values;
mod whole;

pub use code::Code;
pub use commands::can_run_commands;
pub use fault::{Consequence, Fault, Gravity};
pub use forms::{option_name, writable};
pub use names::{References, nearest, similar};
pub use reaching::{Reaching, Written};
pub use references::{JAIL_NAME_CHARS, RESERVED_JAIL_NAMES, actions, filter, new_jail_name};
pub use values::value;
pub use whole::{About, Complaint, Memory, Rules, file, restarts, shown};

#[cfg(test)]
mod tests;
