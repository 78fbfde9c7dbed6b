//! `oktui assign`: a list of people, and groups, to an app or away from it; one plan, and a result for each row.

use super::args::AssignArgs;
use super::commands::{Result, carry_out, confirm, connect, exit_of, find_app, out, pretty, sentence};
use super::exit::Exit;
use super::input::Refusal;
use super::people::{save, watched};
use super::print;
use crate::okta::model::App;
use crate::people::bulk;
use crate::people::{Found, Preview, Purpose};
use crate::report::{self, Done};
use crate::run::applying;
use crate::run::assigning::{self, Wanted};
use crate::run::error::RunError;
use crate::run::job::{Applied, PlanMade};
use crate::run::lookup;
use crate::run::session::Session;
use crate::store::Places;
use crate::text::{Clean, pad};
use serde_json::{Value, json};
use std::io::Read;
use std::path::Path;

/// How many rows, and changes, are shown: a list of thousands is for `--out` or `--json`.
const SHOWN: usize = 40;

/// `oktui assign`
///
/// # Errors
/// See the exit codes.
pub async fn assign(args: &AssignArgs, places: Places) -> Result<Exit> {
    if args.people.is_none() && args.groups.is_empty() {
        return Err(Refusal::usage("say whom: --people FILE, --groups NAME, or both"));
    }
    let session = connect(&args.org, places, false).await?;
    let list = args.people.as_deref().map(list).transpose()?;
    let app = find_app(&session, &args.app).await?;
    let purpose = if args.remove { Purpose::Remove } else { Purpose::Assign };
    let (sink, mut events) = applying::channel();
    let preview = match list {
        Some(list) => {
            let id = app.id();
            let work = lookup::of_list(&session, list, id.as_ref(), purpose, &sink);
            Some(watched(&session, &mut events, work).await?)
        }
        None => None,
    };
    if let (Some(preview), false) = (&preview, args.org.json) {
        eprint!("{}", rows(preview));
    }
    let made = plan(&session, &app, args, purpose, preview.as_ref()).await?;
    if !args.org.json {
        eprint!("{}", print::plan_up_to(&made.plan, &made.estimate, SHOWN));
    }
    if session.read_only() {
        tell(args, &app, purpose, preview.as_ref(), &made, None, false)?;
        return Err(Refusal { sentence: "read-only: nothing was written".into(), exit: Exit::NotAllowed });
    }
    confirm(&made, args.yes)?;
    let applied = carry_out(&session, made.plan.clone(), args.org.json).await?;
    let done = Done::of(&applied.plan, &applied.outcomes);
    let left_out = preview.as_ref().is_some_and(|p| left_out(p, args.inactive, &done));
    let exit = match exit_of(&applied) {
        Exit::Ok if left_out && made.plan.changes.is_empty() => Exit::FoundWrong,
        Exit::Ok if left_out => Exit::PartlyDone,
        other => other,
    };
    tell(args, &app, purpose, preview.as_ref(), &made, Some(&applied), exit == Exit::Ok)?;
    Ok(exit)
}

fn list(path: &Path) -> Result<bulk::List> {
    let shown = Clean::new(&path.to_string_lossy());
    let refuse = |e: std::io::Error| Refusal::usage(format!("{shown} cannot be read: {e}"));
    let limit = u64::try_from(bulk::LARGEST).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(refuse)?;
    } else {
        std::fs::File::open(path).map_err(refuse)?.take(limit).read_to_end(&mut bytes).map_err(refuse)?;
    }
    bulk::parse(&bytes).map_err(|refusal| Refusal::usage(format!("{shown}: {refusal}")))
}

async fn plan(
    session: &Session,
    app: &App,
    args: &AssignArgs,
    purpose: Purpose,
    people: Option<&Preview>,
) -> Result<PlanMade> {
    let wanted =
        Wanted { purpose, people, inactive: args.inactive, groups: &args.groups, reason: args.reason.trim() };
    match assigning::plan(session, app, wanted).await {
        Err(RunError::NoPlan(troubles)) => {
            let sentences: Vec<String> = troubles.iter().map(sentence).collect();
            Err(Refusal {
                sentence: format!("No plan can be made:\n{}", sentences.join("\n")),
                exit: Exit::FoundWrong,
            })
        }
        other => Ok(other?),
    }
}

/// Whether rows were left out for a reason that somebody has to look at.
fn left_out(preview: &Preview, inactive: bool, done: &Done) -> bool {
    !preview.is_clear()
        || preview.rows.iter().any(|row| match row.found {
            Found::Inactive(_) => !inactive,
            _ => done.row(row, preview.purpose).0 == "not-planned",
        })
}

/// The rows that need a look first, then the others, as far as they fit.
fn rows(preview: &Preview) -> String {
    let mut text = format!("{}\nRead as: {}.\n", preview.summary(), preview.form);
    let plain = |found: &Found| matches!(found, Found::One(_));
    let mut order: Vec<_> = preview.rows.iter().collect();
    order.sort_by_key(|row| plain(&row.found));
    for row in order.iter().take(SHOWN) {
        let login = row.found.person().map_or("", |p| p.login.as_str());
        text += &format!(
            "{:>6}  {}  {}  {}\n",
            row.line,
            pad(row.asked.as_str(), 32),
            pad(if login == row.asked.as_str() { "" } else { login }, 32),
            row.found.words(preview.purpose)
        );
    }
    if order.len() > SHOWN {
        text += &format!("        and {} more; --out or --json has them all\n", order.len() - SHOWN);
    }
    for note in &preview.notes {
        text += &format!("Note: {note}\n");
    }
    text
}

/// The results: the CSV, and what goes to standard output.
fn tell(
    args: &AssignArgs,
    app: &App,
    purpose: Purpose,
    preview: Option<&Preview>,
    made: &PlanMade,
    applied: Option<&Applied>,
    ok: bool,
) -> Result<()> {
    let done = applied.map(|a| Done::of(&a.plan, &a.outcomes));
    if let (Some(path), Some(preview)) = (&args.out, preview) {
        let csv = match &done {
            Some(done) => report::results_csv(preview, done),
            None => report::people_csv(preview),
        };
        save(path, &csv, preview.rows.len())?;
    }
    if args.org.json {
        let rows: Vec<Value> = preview
            .iter()
            .flat_map(|p| p.rows.iter().map(|row| row_json(row, purpose, done.as_ref())))
            .collect();
        out(&pretty(&json!({
            "oktui_assign": 1,
            "ok": ok,
            "app": app.label(),
            "app_id": app.id(),
            "purpose": match purpose { Purpose::Assign => "assign", Purpose::Remove => "remove" },
            "form": preview.map(|p| &p.form),
            "summary": preview.map(Preview::summary),
            "notes": preview.map(|p| p.notes.as_slice()).unwrap_or_default(),
            "rows": rows,
            "plan": print::plan_json(&made.plan, &made.estimate),
            "applied": applied.map(|a| print::applied_json(&a.plan, &a.outcomes, &a.hand_over, None, false, ok)),
        })));
    } else if let (Some(preview), Some(done)) = (preview, &done) {
        let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
        for row in &preview.rows {
            *counts.entry(done.row(row, purpose).0).or_default() += 1;
        }
        let counts: Vec<String> = counts.iter().map(|(word, n)| format!("{n} {word}")).collect();
        out(&counts.join(", "));
    }
    Ok(())
}

fn row_json(row: &crate::people::Row, purpose: Purpose, done: Option<&Done>) -> Value {
    let person = row.found.person();
    let (result, detail) = match done {
        Some(done) => done.row(row, purpose),
        None => (row.found.word(), row.found.words(purpose)),
    };
    let candidates: Vec<&str> = match &row.found {
        Found::Ambiguous(several) => several.iter().map(|u| u.login.as_str()).collect(),
        _ => Vec::new(),
    };
    json!({"line": row.line, "asked": row.asked, "id": person.map(|p| &p.id), "login": person.map(|p| &p.login),
        "found": row.found.word(), "result": result, "detail": detail, "candidates": candidates})
}
