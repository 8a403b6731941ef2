//! The main job from a program: read a folder, score it, print the riskiest units.
//!
//! `cargo run --release --example score_a_folder`

use goulet::pipeline::{Request, run};
use goulet::warning::Warnings;

fn main() -> Result<(), goulet::error::Error> {
    let out = std::env::temp_dir().join("goulet-example");
    let request = Request { corpus: vec!["seeds".into()], out, ..Request::default() };
    let warnings = Warnings::default();
    let outcome = run(&request, &warnings, &|_| ())?;
    for unit in outcome.scores.iter().take(5) {
        println!("{} {} {:.1}", unit.sector, unit.country, unit.risk.unwrap_or(f64::NAN));
    }
    Ok(())
}
