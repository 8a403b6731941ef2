//! `goulet man [DIR]`: manual pages, one a command.

use std::path::PathBuf;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;

use super::say::Say;
use super::{Cli, Common};
use crate::report::outbox::Outbox;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Folder for the pages, goulet.1 and one a command; without it the first page goes to standard output
    directory: Option<PathBuf>,
    #[command(flatten)]
    pub common: Common,
}

pub fn run(arguments: &Arguments, say: &Say) -> anyhow::Result<()> {
    // Built, every command knows its whole name and the options it has from above.
    let mut program = Cli::command();
    program.build();
    let Some(directory) = &arguments.directory else {
        say.bytes(&page(program)?);
        return Ok(());
    };
    let mut outbox = Outbox::open(directory)?;
    add("goulet", &program, &mut outbox)?;
    outbox.text("goulet.1", page(program)?)?;
    say.files(&outbox.send()?);
    Ok(())
}

/// The pages of the commands under one, and of those under them.
fn add(above: &str, command: &Command, outbox: &mut Outbox) -> anyhow::Result<()> {
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        let name = format!("{above}-{}", below.get_name());
        outbox.text(&format!("{name}.1"), page(below.clone())?)?;
        add(&name, below, outbox)?;
    }
    Ok(())
}

fn page(command: Command) -> anyhow::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command).source(concat!("goulet ", env!("CARGO_PKG_VERSION"))).render(&mut page)?;
    Ok(page)
}
