#![doc = include_str!("../README.md")]

mod allocator;
mod commands;
mod config_state;
mod data_folder;
mod error;
mod logging;
mod output;
mod settings;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

use commands::Cli;

fn main() -> ExitCode {
    allocator::set_up();
    match commands::run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            output::error(&error);
            error.exit_code()
        }
    }
}
