//! `oktui test --history`: the tester's runs of before, and one of them again. Reads this machine's files only.

use super::args::TestArgs;
use super::commands::{Result, out, pretty};
use super::exit::Exit;
use super::input::Refusal;
use super::print;
use crate::flow::trace::RunVerdict;
use crate::run::history::{self, Which};
use crate::run::job::{KeptRun, Trouble};
use crate::store::Places;
use crate::text::time::utc;
use serde_json::{Value, json};

/// Lists the runs of before, or prints the one with the number that was asked for.
///
/// # Errors
/// The folder cannot be read; there is no run of that number; its file is damaged.
pub fn history(args: &TestArgs, number: usize, places: &Places) -> Result<Exit> {
    // Without --issuer the client id is the one of who signs in to the org.
    let client = args.app.as_deref().or(args.issuer.as_ref().and(args.org.client_id.as_deref()));
    let found = history::list(places, Which { at: args.issuer.as_deref(), client })?;
    if number > 0 {
        let Some(kept) = found.runs.get(number - 1) else {
            let many = crate::text::plural(found.runs.len(), "run");
            return Err(Refusal::usage(format!("there is no run {number}: {many} of before are kept here")));
        };
        let trace = history::open(&kept.file)?;
        if !args.org.json {
            out(&one(number, kept));
        }
        super::test::print(&trace, args.org.json);
        return Ok(Exit::Ok);
    }
    for Trouble { what, help } in &found.damaged {
        eprintln!("{what}\n  {help}");
    }
    if args.org.json {
        let runs: Vec<Value> = found.runs.iter().enumerate().map(|(at, run)| json(at + 1, run)).collect();
        let damaged: Vec<&str> = found.damaged.iter().map(|t| t.what.as_str()).collect();
        out(&pretty(&json!({"runs": runs, "damaged": damaged})));
    } else if found.runs.is_empty() {
        out("No run is kept here yet. Every run that ends is, masked: the last 50 of each client.");
    } else {
        found.runs.iter().enumerate().for_each(|(at, run)| out(&one(at + 1, run)));
    }
    Ok(Exit::Ok)
}

fn one(number: usize, run: &KeptRun) -> String {
    let (word, headline) = match &run.verdict {
        RunVerdict::Failed { headline, .. } => ("FAILED", headline.as_str()),
        verdict => (print::verdict_word(verdict), ""),
    };
    let name = if run.label.as_str().is_empty() { &run.client_id } else { &run.label };
    let line = format!(
        "{number:>3}  {}  {:<9} {word:<8} {name} at {}  {headline}",
        utc(run.began),
        run.way.word(),
        run.at
    );
    line.trim_end().to_owned()
}

fn json(number: usize, run: &KeptRun) -> Value {
    let headline = match &run.verdict {
        RunVerdict::Failed { headline, .. } => Some(headline),
        _ => None,
    };
    json!({"number": number, "began": run.began.to_string(), "way": run.way.word(), "verdict": print::verdict_word(&run.verdict).to_lowercase(),
        "headline": headline, "at": run.at, "client_id": run.client_id, "label": run.label, "file": run.file.to_string_lossy()})
}
