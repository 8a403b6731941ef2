//! `goulet completions SHELL`: what a shell needs to complete commands and options.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::say::Say;
use super::{Cli, Common};

#[derive(Debug, Args)]
pub struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
    #[command(flatten)]
    pub common: Common,
}

pub fn run(arguments: &Arguments, say: &Say) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "goulet", &mut script);
    say.bytes(&script);
    Ok(())
}
