//! The command line.
mod firewall;
mod health;
mod lab;
mod rescue;
mod serve;
mod words;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand, ValueEnum};

use crate::{error::Error, logging, output, settings};

/// The control room for fail2ban.
#[derive(Debug, Parser)]
#[command(name = "bangui", version)]
pub(crate) struct Cli {
    /// A file of settings (TOML), instead of /etc/bangui/bangui.toml
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the page and the API
    Serve(ServeArgs),
    /// Run a private fail2ban with realistic traffic, until interrupted
    Lab(lab::LabArgs),
    /// Ask a running server whether it is ready
    Health {
        /// Address of the server, instead of the setting's
        #[arg(long)]
        listen: Option<String>,
    },
    /// BanGUI's own table in the packet filter, without a server
    Firewall {
        /// What to do with it
        #[command(subcommand)]
        command: firewall::FirewallCommand,
    },
    /// Help somebody who is locked out, on the machine itself: show what blocks an address, unban it, let it in
    ///
    /// Exit codes: 0 nothing blocks the address, 3 something does, 4 not everything could be asked or done, 2 wrong call or setting, 1 failed.
    #[command(subcommand)]
    Rescue(rescue::Rescuing),
    /// Print the OpenAPI document
    Openapi,
    /// Print the words of the API that a page in another language has texts for
    Words,
    /// Print every setting with its default, as .env.example
    SettingsExample,
}

#[derive(Debug, clap::Args)]
struct ServeArgs {
    /// Address and port to listen on
    #[arg(long)]
    listen: Option<String>,
    /// Folder of BanGUI's own database
    #[arg(long)]
    data_dir: Option<String>,
    /// Whether to start a private fail2ban with realistic traffic, and manage that
    #[arg(long, value_enum, default_value_t = UseLab::Never)]
    lab: UseLab,
    #[command(flatten)]
    lab_args: lab::LabArgs,
}

/// Whether to serve a lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum UseLab {
    /// Manage this machine's fail2ban
    Never,
    /// Only where no fail2ban can be reached
    Auto,
    /// Leave this machine's fail2ban alone
    Always,
}

/// Runs a command; answers how the program ends.
pub(crate) fn run(cli: Cli) -> Result<ExitCode, Error> {
    let done = match cli.command {
        Command::Rescue(order) => {
            let settings = read_settings(cli.config, Vec::new())?;
            return runtime()?.block_on(rescue::run(&settings, order));
        }
        Command::Serve(args) => {
            let flags = [("LISTEN", &args.listen), ("DATA_DIR", &args.data_dir)]
                .into_iter()
                .filter_map(|(name, value)| Some((name, value.clone()?)))
                .collect();
            let settings = read_settings(cli.config, flags)?;
            logging::start(&settings);
            runtime()?.block_on(serve::serve(settings, args.lab, args.lab_args))
        }
        Command::Lab(args) => {
            logging::start(&read_settings(cli.config, Vec::new())?);
            runtime()?.block_on(lab::run(args))
        }
        Command::Health { listen } => {
            let flags = listen.map(|l| ("LISTEN", l)).into_iter().collect();
            let settings = read_settings(cli.config, flags)?;
            runtime()?.block_on(health::ask(&settings))
        }
        Command::Firewall { command } => {
            let settings = read_settings(cli.config, Vec::new())?;
            logging::start(&settings);
            runtime()?.block_on(firewall::run(settings, command))
        }
        Command::Openapi => {
            output::line(&serde_json::to_string_pretty(&server::openapi::document())?);
            Ok(())
        }
        Command::Words => {
            let words = words::Words::of_the_api();
            output::line(&serde_json::to_string_pretty(&words)?);
            Ok(())
        }
        Command::SettingsExample => {
            output::line(settings::example().trim_end());
            Ok(())
        }
    };
    done.map(|()| ExitCode::SUCCESS)
}

fn read_settings(
    file: Option<PathBuf>,
    flags: Vec<(&'static str, String)>,
) -> Result<settings::Settings, Error> {
    let sources = settings::Sources::of_process(file, flags);
    Ok(settings::Settings::read(&sources)?)
}

fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Error::Start)
}
