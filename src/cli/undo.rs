//! `oktui journal` and `oktui undo`: what was written from here, and the way back.

use super::args::{JournalArgs, UndoArgs};
use super::commands::{
    Result, carry_out, confirm, connect, exit_of, go_on, out, pretty, save_plan, sentence,
};
use super::exit::Exit;
use super::input::Refusal;
use super::print;
use crate::change::undo::{History, State, Written};
use crate::report;
use crate::run::error::RunError;
use crate::run::undo as work;
use crate::store::{self, Places};
use crate::text::{Clean, cut_end, pad, plural, time};
use jiff::Timestamp;
use std::fmt::Write;

/// `oktui journal`
///
/// # Errors
/// A journal cannot be read, or the file cannot be written.
pub fn journal(args: &JournalArgs, places: &Places) -> Result<Exit> {
    let histories = work::asked_for(places, args.org.org.as_deref())?;
    let about = |w: &&Written| args.app.as_deref().is_none_or(|app| is_about(w, app));
    let chosen: Vec<Vec<&Written>> =
        histories.iter().map(|h| h.writes.iter().filter(about).collect()).collect();
    let all: Vec<&Written> = chosen.iter().flatten().copied().collect();
    let skipped = histories.iter().map(|h| h.skipped).sum();
    if let Some(path) = &args.out {
        let json = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
        let text = if json {
            pretty(&report::journal::json(&all, skipped))
        } else {
            report::journal::markdown(&all, skipped, Timestamp::now())
        };
        store::write_private(path, text.as_bytes()).map_err(RunError::from)?;
        let shown = Clean::new(&path.to_string_lossy());
        eprintln!("{} saved as {shown}; only you can read it.", plural(all.len(), "write"));
    } else if args.org.json {
        out(&pretty(&report::journal::json(&all, skipped)));
    } else {
        for writes in chosen.iter().filter(|w| !w.is_empty()) {
            out(&list(writes));
        }
        if all.is_empty() {
            out("Nothing was written from here.");
        }
    }
    if skipped > 0 && !args.org.json {
        eprintln!(
            "{} of the journal could not be read: cut by a crash, or written by a newer oktui.",
            plural(skipped, "line")
        );
    }
    Ok(Exit::Ok)
}

fn is_about(written: &Written, app: &str) -> bool {
    written.label.as_str() == app || written.app.as_ref().is_some_and(|id| id.as_str() == app)
}

/// The writes of one org, oldest first, a heading for each plan.
fn list(writes: &[&Written]) -> String {
    let mut text = String::new();
    let mut plan = None;
    if let Some(first) = writes.first() {
        let _ = writeln!(text, "{}", Clean::new(&first.org));
    }
    for written in writes {
        if plan != Some(&written.plan) {
            let reason = match written.reason.trim() {
                "" => String::new(),
                reason => format!(", {}", Clean::new(reason)),
            };
            let _ = writeln!(
                text,
                "\nPlan {} for {}: {} by {}{reason}",
                written.plan.0,
                written.label,
                time::utc(written.at),
                written.who
            );
            plan = Some(&written.plan);
        }
        let back = match written.way_back() {
            "-" => String::new(),
            word => format!("way back: {word}"),
        };
        let _ = writeln!(
            text,
            "{:>5}  {}  {}  {back}",
            written.number,
            pad(written.word(), 10),
            pad(&cut_end(written.title.as_str(), 48), 48)
        );
        if let State::Failed { why } = &written.state {
            let _ = writeln!(text, "       {why}");
        }
    }
    text
}

/// `oktui undo`
///
/// # Errors
/// See the exit codes.
pub async fn undo(args: &UndoArgs, places: Places) -> Result<Exit> {
    let session = connect(&args.org, places, args.out.is_some()).await?;
    if !session.read_only() && args.out.is_none() && work::interrupted(&session)? {
        eprintln!("An undo in this org was interrupted. Going on with it first.");
        go_on(&session, args.org.json).await?;
    }
    let history = work::history(session.places(), &session.org().url)?;
    let writes = numbers(&history, &args.writes)?;
    let made = match work::plan(&session, &writes, args.reason.trim()).await {
        Err(RunError::NoPlan(troubles)) => {
            let sentences: Vec<String> = troubles.iter().map(sentence).collect();
            return Err(Refusal { sentence: sentences.join("\n"), exit: Exit::FoundWrong });
        }
        other => other?,
    };
    if let Some(path) = &args.out {
        save_plan(path, &made.plan)?;
    }
    let looks = session.read_only() || args.out.is_some();
    if looks || !args.org.json {
        if args.org.json {
            out(&pretty(&print::plan_json(&made.plan, &made.estimate)));
        } else {
            eprint!("{}", print::plan(&made.plan, &made.estimate));
        }
    }
    if args.out.is_some() {
        return Ok(Exit::Ok);
    }
    if session.read_only() {
        return Err(Refusal { sentence: "read-only: nothing was written".into(), exit: Exit::NotAllowed });
    }
    confirm(&made, args.yes)?;
    let applied = carry_out(&session, made.plan, args.org.json).await?;
    let exit = exit_of(&applied);
    if args.org.json {
        out(&pretty(&print::applied_json(
            &applied.plan,
            &applied.outcomes,
            &applied.hand_over,
            None,
            false,
            exit == Exit::Ok,
        )));
    }
    Ok(exit)
}

/// The numbers of writes that were named, by number or by their plan.
fn numbers(history: &History, named: &[String]) -> Result<Vec<usize>> {
    let mut numbers = Vec::new();
    for name in named {
        let shown = Clean::new(name);
        if history.knows_plan(name) {
            let made = history.of_plan(name);
            if made.is_empty() {
                return Err(Refusal::usage(format!(
                    "plan {shown} has written nothing: there is nothing to undo"
                )));
            }
            numbers.extend(made);
        } else {
            match name.parse().ok().filter(|n| history.write(*n).is_some()) {
                Some(number) => numbers.push(number),
                None => {
                    return Err(Refusal::usage(format!(
                        "the journal has no plan and no write {shown}: oktui journal lists both"
                    )));
                }
            }
        }
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_journal_cannot_be_named() {
        let history = History::default();
        for name in ["0", "1", "-1", "20261122-1a2b3c4d", ""] {
            assert!(numbers(&history, &[name.to_owned()]).is_err(), "{name}");
        }
    }
}
