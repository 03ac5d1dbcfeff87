//! `netipc completions` and `netipc man`

use std::io;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use crate::args::{self, Args, Completions};
use crate::error::Failure;
use crate::output;

/// Prints the completions of a shell.
pub(crate) fn completions(args: &Completions) -> Result<(), Failure> {
    let mut command = Args::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    output::bytes(&script)
}

/// Prints a page of the manual, or writes all of them.
pub(crate) fn man(args: &args::Man) -> Result<(), Failure> {
    let mut command = Args::command().disable_help_subcommand(true);
    // Now it knows the full names of its subcommands.
    command.build();
    if let Some(dir) = &args.dir {
        return write_pages(&command, dir).map_err(|error| {
            Failure::because(format_args!("cannot write the pages to {}", dir.display()), &error)
        });
    }
    let mut roff = Vec::new();
    page(find(&command, &args.path)?)
        .render(&mut roff)
        .map_err(|error| Failure::because("cannot make the page", &error))?;
    output::bytes(&roff)
}

fn page(command: &Command) -> Man {
    Man::new(command.clone()).source(concat!("netipc ", env!("CARGO_PKG_VERSION"))).manual("netipc")
}

/// Writes the pages of a command and of all below it.
fn write_pages(command: &Command, dir: &Path) -> io::Result<()> {
    page(command).generate_to(dir)?;
    let mut below = command.get_subcommands().filter(|command| !command.is_hide_set());
    below.try_for_each(|command| write_pages(command, dir))
}

fn find<'a>(command: &'a Command, path: &[String]) -> Result<&'a Command, Failure> {
    path.iter().try_fold(command, |command, name| {
        command.find_subcommand(name).filter(|found| !found.is_hide_set()).ok_or_else(|| {
            let parent = command.get_display_name().unwrap_or_else(|| command.get_name());
            let name = output::printable(name.as_bytes());
            Failure::Usage(format!("`{}` has no command {name:?}", parent.replace('-', " ")))
        })
    })
}
