//! `goulet shard plan|run|merge|verify`: a corpus read by several processes, checked to be whole.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::Common;
use super::reading::Reading;
use super::say::Say;
use crate::pipeline::Knowledge;
use crate::pipeline::shards::{Plan, folder_of, merge, work};
use crate::report::outbox::write_whole;
use crate::warning::Warnings;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    step: Step,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Cut a corpus into shards of like size
    Plan {
        /// Files, folders or globs
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// How many shards; there can be fewer, since only uncompressed JSON Lines are cut
        #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        shards: u32,
        /// Where the plan goes
        #[arg(short, long, value_name = "FILE", default_value = "plan.json")]
        output: PathBuf,
        /// A folder of tables in place of those inside the program
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        #[command(flatten)]
        reading: Reading,
    },
    /// Read shards of a plan; one that was read before is left as it is
    Run {
        /// The plan
        plan: PathBuf,
        /// Numbers of shards, from 0
        #[arg(required = true, value_name = "SHARD")]
        shards: Vec<u32>,
        /// The folder of all shards
        #[arg(short, long, value_name = "DIR", default_value = "shards")]
        output: PathBuf,
        /// A folder of tables in place of those inside the program
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    /// Put all shards together, refusing unless each is there exactly once and every count and hash agrees
    Merge {
        /// The plan
        plan: PathBuf,
        /// The folder of all shards
        #[arg(value_name = "DIR")]
        shards: PathBuf,
        /// Where documents.csv and mentions.csv go, for `goulet run --mentions DIR`
        #[arg(short, long, value_name = "DIR", default_value = "merged")]
        output: PathBuf,
    },
    /// Check what merge would check, and write nothing
    Verify {
        /// The plan
        plan: PathBuf,
        /// The folder of all shards
        #[arg(value_name = "DIR")]
        shards: PathBuf,
    },
}

pub fn run(arguments: &Arguments, warnings: &Warnings, say: &Say) -> anyhow::Result<()> {
    match &arguments.step {
        Step::Plan { paths, shards, output, data, reading } => {
            let plan = Plan::make(paths, *shards, &reading.options(), &Knowledge::load(data.as_deref(), None)?)?;
            write_whole(output, plan.text()?.as_bytes())?;
            let bytes: u64 = plan.shards.iter().map(|shard| shard.bytes).sum();
            let answer = json!({ "plan": output, "shards": plan.shards.len(), "bytes": bytes });
            let text = format!("{} shards, {bytes} bytes: {}", plan.shards.len(), output.display());
            answer_with(say, &answer, &text)
        }
        Step::Run { plan, shards, output, data } => {
            let plan = Plan::read(plan)?;
            let chosen = shards.iter().map(|shard| plan.shard(*shard)).collect::<Result<Vec<_>, _>>()?;
            let knowledge = Knowledge::load(data.as_deref(), None)?;
            for shard in chosen {
                let bar = say.progress(shard.bytes, &format!("shard {}", shard.shard));
                let receipt = work::run(&plan, shard, output, &knowledge, &|bytes| bar.set_position(bytes));
                bar.finish_and_clear();
                let receipt = receipt?;
                for said in &receipt.warnings {
                    say.message(&format!("warning: [{}] {}", said.code, said.message));
                }
                let folder = folder_of(output, shard.shard);
                let text = format!(
                    "shard {}: {} documents, {} mentions: {}",
                    shard.shard,
                    receipt.documents,
                    receipt.mentions,
                    folder.display()
                );
                answer_with(say, &serde_json::to_value(&receipt)?, &text)?;
            }
            Ok(())
        }
        Step::Merge { plan, shards, output } => {
            let (verified, files) = merge::merge(&Plan::read(plan)?, shards, output, warnings)?;
            for file in files {
                say.message(&format!("wrote {}", file.display()));
            }
            tell(say, &verified)
        }
        Step::Verify { plan, shards } => tell(say, &merge::verify(&Plan::read(plan)?, shards)?),
    }
}

fn tell(say: &Say, verified: &merge::Verified) -> anyhow::Result<()> {
    let (documents, mentions, shards) = (verified.documents, verified.mentions, verified.shards.len());
    let answer = json!({ "shards": shards, "documents": documents, "mentions": mentions });
    answer_with(say, &answer, &format!("{shards} shards, each once: {documents} documents, {mentions} mentions"))
}

fn answer_with(say: &Say, answer: &serde_json::Value, text: &str) -> anyhow::Result<()> {
    if say.json() {
        say.result(&serde_json::to_string(answer)?);
    } else {
        say.result(text);
    }
    Ok(())
}
