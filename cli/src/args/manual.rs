//! `netipc completions` and `netipc man`

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

/// Print what makes a shell complete this command
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_long_help = "\
Examples:
  netipc completions bash > ~/.local/share/bash-completion/completions/netipc
  netipc completions zsh > ~/.zfunc/_netipc
  netipc completions fish > ~/.config/fish/completions/netipc.fish"
)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// Print a page of the manual, in roff
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  netipc man | man -l -
  netipc man call cgroups-lookup | man -l -
  netipc man --dir /usr/local/share/man/man1")]
pub(crate) struct Man {
    /// The command that the page is about; none: netipc itself
    #[arg(value_name = "COMMAND")]
    pub(crate) path: Vec<String>,

    /// Write all pages into this directory instead: netipc.1, netipc-call.1, ...
    #[arg(long, value_name = "DIR", conflicts_with = "path")]
    pub(crate) dir: Option<PathBuf>,
}
