//! The command line: arguments as typed, one file per command, and the only place that prints.
//!
//! Results go to standard output or the file named; messages, warnings and progress to standard error. Exit code 0 is done,
//! 1 failed (or something asked for could not be read), 2 wrong usage.

mod check;
mod compare;
mod completions;
mod diff;
mod eval;
mod excerpt;
mod explain;
mod extract;
mod init;
mod man;
mod production;
mod reading;
mod replay;
mod run;
mod say;
mod scenario;
mod score;
mod shard;
mod supply_risk;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::dialect::Dialect;
use crate::warning::Warnings;
use say::Say;

/// Supply-chain risk scores from what documents say about export controls, concentration and coercion.
#[derive(Debug, Parser)]
#[command(name = "goulet", version, about, long_about = None, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: run::Arguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read documents and write the reports (the default)
    Run(run::Arguments),
    /// Read documents and write mentions, without scores
    Extract(extract::Arguments),
    /// Score any table by its own tree (the composite engine alone)
    Score(score::Arguments),
    /// Read a table of world production of the USGS as published: shares and concentration
    Production(production::Arguments),
    /// Structural supply risk of each material and stage, every factor a column
    SupplyRisk(supply_risk::Arguments),
    /// Suppose a country's supply is lost: what sectors lose, who is exposed, how scores move
    Scenario(scenario::Arguments),
    /// Read a corpus by several processes: plan, run, merge, verify
    Shard(shard::Arguments),
    /// Compare sectors side by side, from the reports
    Compare(compare::Arguments),
    /// Show what moved between two runs, and why
    Diff(diff::Arguments),
    /// Show the sentences, data rows and weights behind one score
    Explain(explain::Arguments),
    /// Measure the extraction on labelled documents
    Eval(eval::Arguments),
    /// Validate every table, lexicon and model file
    Check(check::Arguments),
    /// Write an editable copy of the data and the model file
    Init(init::Arguments),
    /// Print what a shell needs to complete commands and options
    Completions(completions::Arguments),
    /// Write the manual pages
    Man(man::Arguments),
}

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
struct Common {
    /// Print results and errors only
    #[arg(long, short)]
    quiet: bool,
    /// Print the answer as JSON, for programs
    #[arg(long)]
    json: bool,
}

/// How tables are written.
#[derive(Debug, Clone, Args)]
struct TableOptions {
    /// Form of the CSV: rfc4180 (UTF-8, comma, point), excel-fr (semicolon, decimal comma), excel, or raw (text untouched)
    #[arg(long, value_name = "FORM", default_value_t, value_parser = dialect, hide_default_value = true)]
    csv: Dialect,
}

fn dialect(text: &str) -> Result<Dialect, String> {
    text.parse().map_err(|_| {
        let known: Vec<_> = Dialect::ALL.iter().map(|dialect| dialect.as_str()).collect();
        format!("expected one of {}", known.join(" "))
    })
}

/// Runs the program on `arguments` (the first is its name).
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(usage) => {
            // A closed pipe is no reason to fail: there is nobody left to tell.
            let _ = usage.print();
            return ExitCode::from(if usage.use_stderr() { 2 } else { 0 });
        }
    };
    let command = cli.command.unwrap_or(Command::Run(cli.run));
    let warnings = Warnings::default();
    let (say, outcome) = match &command {
        Command::Run(arguments) => dispatch(&arguments.common, |say| run::run(arguments, &warnings, say)),
        Command::Extract(arguments) => dispatch(&arguments.common, |say| extract::run(arguments, &warnings, say)),
        Command::Score(arguments) => dispatch(&arguments.common, |say| score::run(arguments, say)),
        Command::Production(arguments) => dispatch(&arguments.common, |say| production::run(arguments, &warnings, say)),
        Command::SupplyRisk(arguments) => dispatch(&arguments.common, |say| supply_risk::run(arguments, say)),
        Command::Scenario(arguments) => dispatch(&arguments.common, |say| scenario::run(arguments, say)),
        Command::Shard(arguments) => dispatch(&arguments.common, |say| shard::run(arguments, &warnings, say)),
        Command::Compare(arguments) => dispatch(&arguments.common, |say| compare::run(arguments, say)),
        Command::Diff(arguments) => dispatch(&arguments.common, |say| diff::run(arguments, say)),
        Command::Explain(arguments) => dispatch(&arguments.common, |say| explain::run(arguments, say)),
        Command::Eval(arguments) => dispatch(&arguments.common, |say| eval::run(arguments, &warnings, say)),
        Command::Check(arguments) => dispatch(&arguments.common, |say| check::run(arguments, say)),
        Command::Init(arguments) => dispatch(&arguments.common, |say| init::run(arguments, say)),
        Command::Completions(arguments) => dispatch(&arguments.common, |say| completions::run(arguments, say)),
        Command::Man(arguments) => dispatch(&arguments.common, |say| man::run(arguments, say)),
    };
    let has_loss = say.warnings(&warnings.take()) || say.has_failed();
    match outcome {
        Ok(()) if has_loss => ExitCode::FAILURE,
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say.error(&error);
            ExitCode::FAILURE
        }
    }
}

fn dispatch(common: &Common, command: impl FnOnce(&Say) -> anyhow::Result<()>) -> (Say, anyhow::Result<()>) {
    let say = Say::new(common.quiet, common.json);
    let outcome = command(&say);
    (say, outcome)
}
