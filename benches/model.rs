//! Speed of the composite model: `cargo bench --bench model`.
//!
//! - A table of COINr's size (ASEM: 51 units, 49 indicators in 8 pillars, 2 sub-indices, 1 index; drawn here, since nothing but
//!   its shape matters): 10,000 draws with new weights, each rolled up and ranked again; and 10,000 times the whole pipeline anew, from
//!   denomination to ranks, with new weights each time. COINr takes 96 ms for each.
//! - The default index over every sector and country (`reports/indicators.csv`): 1,000 draws of weights and values.
//! - Time against draws and against units, which is to grow in a straight line.

use std::path::Path;
use std::time::Instant;

use goulet::indicators::IndicatorTable;
use goulet::model::{Meta, Model, Stages, Table, read_data, read_meta, score};
use goulet::pipeline::score::{model_input, score as score_input};
use rayon::prelude::*;

type Failure = Box<dyn std::error::Error>;

/// Indicators of each pillar of ASEM.
const PILLARS: [usize; 8] = [8, 5, 3, 6, 8, 6, 9, 4];

// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PIPELINE: &str = "[impute]\nmethod = \"group_mean\"\ngroup = \"side\"\n[screen]\nmin_coverage = 0.9\n\
    [treat]\nmethod = \"winsorise\"\n[normalise]\nmethod = \"min_max\"\n[uncertainty]\ndraws = DRAWS\n";

fn main() -> Result<(), Failure> {
    // `cargo test --benches` only wants to see it start.
    if std::env::args().any(|argument| argument == "--test") {
        return Ok(());
    }
    let (meta, data) = asem_like(51)?;
    println!("table of ASEM's shape");
    let draws = 10_000;
    let seconds = best(3, || drawn(&meta, &data, draws))?;
    println!(
        "  {draws} draws of weights, joined and ranked: {seconds:.3} s, {:.1} us each",
        1e6 * seconds / f64::from(draws)
    );
    let seconds = best(3, || anew(&meta, &data, draws))?;
    let each = seconds / f64::from(draws);
    println!(
        "  {draws} times the whole pipeline anew, with other weights each time: {seconds:.3} s, {:.1} us each ({:.0} times COINr)",
        1e6 * each,
        0.096 / each
    );

    let indicators = IndicatorTable::read_csv(&Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/indicators.csv"))?;
    let mut built_in = Model::built_in()?;
    built_in.set_draws(1000)?;
    let input = model_input(&indicators, &built_in)?;
    let seconds = best(3, || {
        std::hint::black_box(score_input(&input, &built_in)?);
        Ok(())
    })?;
    println!("default index, {} units, 1000 draws: {seconds:.3} s", input.units.len());

    println!("draws    units    s        us per draw and 1000 units");
    for (draws, units) in
        [(1000, 51), (2000, 51), (4000, 51), (8000, 51), (500, 500), (500, 1000), (500, 2000), (500, 4000)]
    {
        let (meta, data) = asem_like(units)?;
        let seconds = best(2, || drawn(&meta, &data, draws))?;
        let each = 1e6 * seconds / f64::from(draws) / units as f64 * 1000.0;
        println!("{draws:7}  {units:7}  {seconds:7.3}  {each:.0}");
    }
    Ok(())
}

/// Seconds of the fastest of some rounds: other work on the machine only ever adds time.
fn best(rounds: usize, mut work: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    let mut best = f64::MAX;
    for _ in 0..rounds {
        let start = Instant::now();
        work()?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(best)
}

fn model(meta: &Meta, draws: u32) -> Result<Model, Failure> {
    let text = PIPELINE.replace("DRAWS", &draws.to_string());
    Ok(Model::with_tree(&text, Path::new("bench.toml"), meta.tree.clone())?)
}

/// Every step anew for each draw, from the table as read to the ranks, with weights between a half and one and a half.
fn anew(meta: &Meta, data: &Table, draws: u32) -> Result<(), Failure> {
    let model = model(meta, 0)?;
    let one = |model: &mut Model, draw: u32| -> goulet::error::Result<usize> {
        let weight = |node: usize| {
            0.5 + f64::from(((draw.wrapping_mul(2_654_435_761) >> 8) ^ (node as u32 * 7919)) & 1023) / 1023.0
        };
        model.set_weights(&(0..model.tree.nodes().len()).map(weight).collect::<Vec<_>>())?;
        Ok(std::hint::black_box(score(data, model, None)?).units.len())
    };
    let units = (0..draws).into_par_iter().map_init(|| model.clone(), one);
    let scored = units.sum::<goulet::error::Result<usize>>()?;
    assert_eq!(scored, data.units.len() * draws as usize);
    Ok(())
}

fn drawn(meta: &Meta, data: &Table, draws: u32) -> Result<(), Failure> {
    let model = model(meta, draws)?;
    std::hint::black_box(Stages::run(data, &model)?.rank(&model, None)?);
    Ok(())
}

/// A tree of ASEM's shape and a table of so many units, some values missing, some far out.
fn asem_like(units: usize) -> Result<(Meta, Table), Failure> {
    let mut meta =
        "iCode,Type,Parent\nindex,Aggregate,\nsub0,Aggregate,index\nsub1,Aggregate,index\nside,Group,\n".to_owned();
    let mut codes = Vec::new();
    for (pillar, count) in PILLARS.iter().enumerate() {
        meta.push_str(&format!("p{pillar},Aggregate,sub{}\n", usize::from(pillar >= 5)));
        for indicator in 0..*count {
            codes.push(format!("i{pillar}_{indicator}"));
            meta.push_str(&format!("i{pillar}_{indicator},Indicator,p{pillar}\n"));
        }
    }
    let mut state = 1_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(u32::MAX >> 1)
    };
    let mut data = format!("uCode,side,{}\n", codes.join(","));
    for unit in 0..units {
        data.push_str(&format!("u{unit},{}", if unit % 2 == 0 { "east" } else { "west" }));
        for column in 0..codes.len() {
            // Every third indicator has a long tail, as totals have.
            let value = if column % 3 == 0 { (8.0 * uniform()).exp() } else { 100.0 * uniform() };
            if uniform() < 0.02 { data.push(',') } else { data.push_str(&format!(",{value}")) }
        }
        data.push('\n');
    }
    let meta = read_meta(&meta, Path::new("meta"))?;
    let table = read_data(&data, Path::new("data"), &meta)?;
    Ok((meta, table))
}
