//! The journal for audit: as Markdown for people, as JSON for programs. Free of secrets, as the journal is.

use crate::change::undo::{State, Written};
use crate::text::{plural, time};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::fmt::Write;

/// Writes for programs, in the order given. The times are UTC (RFC 3339).
pub fn json(writes: &[&Written], skipped: usize) -> Value {
    json!({"oktui_journal": 1, "unreadable_lines": skipped, "writes": writes.iter().map(|w| one(w)).collect::<Vec<_>>()})
}

fn one(written: &Written) -> Value {
    let why = match &written.state {
        State::Failed { why } => Some(why),
        _ => None,
    };
    let request = written.request().map(|r| json!({"method": r.method, "path": r.path, "body": r.body}));
    let changes: Vec<Value> = written
        .differences()
        .iter()
        .map(|f| json!({"field": f.field, "before": f.from, "after": f.to}))
        .collect();
    json!({
        "number": written.number, "at": written.at, "who": written.who, "org": written.org, "app": written.label,
        "app_id": written.app, "plan": written.plan, "number_in_plan": written.in_plan, "title": written.title,
        "reason": written.reason, "outcome": written.word(), "why": why, "request_id": written.request_id,
        "made": written.made, "changes": changes, "request": request, "way_back": written.way_back(),
        "way_back_words": written.way_back_words(), "undone_by": written.undone_by, "undoes": written.undoes,
    })
}

/// Writes for people, in the order given: a table to look through, then each in full.
pub fn markdown(writes: &[&Written], skipped: usize, now: Timestamp) -> String {
    let mut out = format!(
        "# Changes made with oktui\n\n{}, as of {}. `way back`: *exact* is all of it, *partial* most of it, *none* nothing.\n\n",
        plural(writes.len(), "write"),
        time::utc(now)
    );
    if skipped > 0 {
        let _ = writeln!(
            out,
            "{} of the journal could not be read: cut by a crash, or written by a newer oktui.\n",
            plural(skipped, "line")
        );
    }
    out.push_str(
        "| # | time (UTC) | who | app | change | outcome | way back |\n|---|---|---|---|---|---|---|\n",
    );
    for written in writes {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            written.number,
            time::utc(written.at).trim_end_matches(" UTC"),
            text(written.who.as_str()),
            text(written.label.as_str()),
            text(written.title.as_str()),
            written.word(),
            written.way_back()
        );
    }
    for written in writes {
        full(&mut out, written);
    }
    out
}

fn full(out: &mut String, written: &Written) {
    let _ = writeln!(out, "\n## {} {}\n", written.number, text(written.title.as_str()));
    let mut line = |name: &str, value: &str| {
        if !value.trim().is_empty() {
            let _ = writeln!(out, "- {name}: {}", text(value));
        }
    };
    line("time", &time::utc(written.at));
    line("who", written.who.as_str());
    line("org", &written.org);
    let app = written.app.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
    line("app", &format!("{}{app}", written.label));
    line("plan", &format!("{}, change {}", written.plan.0, written.in_plan));
    line("reason", &written.reason);
    line("outcome", written.word());
    if let State::Failed { why } = &written.state {
        line("why", why.as_str());
    }
    line("request id", written.request_id.as_ref().map_or("", |id| id.as_str()));
    for field in written.differences() {
        let shown = |v: &str| if v.is_empty() { "nothing".to_owned() } else { v.to_owned() };
        line(&text(&field.field), &format!("{} → {}", shown(field.from.as_str()), shown(field.to.as_str())));
    }
    if let Some(request) = written.request() {
        line("call", &format!("{} {}", request.method, request.path));
    }
    line("way back", &written.way_back_words());
    if !written.undoes.is_empty() {
        let numbers: Vec<String> = written.undoes.iter().map(ToString::to_string).collect();
        line("undoes", &numbers.join(", "));
    }
}

/// Text in Markdown: one line, and nothing in it is markup (CommonMark §2.4).
fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in crate::text::Clean::new(value).as_str().chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::inverse::{Before, inverse};
    use crate::change::{AppRef, Change, PlanId};

    fn written() -> Written {
        let app = AppRef::Known("0oa1".parse().unwrap());
        let change = Change::AssignGroup { app, group: "00g1".parse().unwrap(), name: "a|b".into() };
        Written {
            number: 7,
            plan: PlanId("20261122-1a2b3c4d".into()),
            in_plan: 1,
            at: "2026-11-22T19:04:05Z".parse().unwrap(),
            who: "ada@acme.example".into(),
            org: "https://acme.okta.com".into(),
            label: "Gate_way".into(),
            app: None,
            reason: "<img src=x>\n## not a heading".into(),
            title: "assign group a|b".into(),
            state: State::Failed { why: "403 E0000006".into() },
            request_id: None,
            made: None,
            back: inverse(&change, &Before::Nothing, None),
            before: Before::Nothing,
            change: Some(change),
            undone_by: None,
            undoes: Vec::new(),
        }
    }

    #[test]
    fn nothing_that_people_wrote_is_markup() {
        let text = markdown(&[&written()], 2, "2026-11-23T00:00:00Z".parse().unwrap());
        assert!(
            text.contains("1 write, as of 2026-11-23 00:00:00 UTC") && text.contains("2 lines"),
            "{text}"
        );
        assert!(
            text.contains("a\\|b") && text.contains("Gate\\_way") && text.contains("\\<img src=x\\>"),
            "{text}"
        );
        let headings: Vec<&str> = text.lines().filter(|l| l.starts_with('#')).collect();
        assert_eq!(headings, ["# Changes made with oktui", "## 7 assign group a\\|b"]);
        let row = text.lines().find(|l| l.starts_with("| 7 ")).unwrap();
        assert_eq!(row.replace("\\|", "").matches('|').count(), 8, "{row}");
    }

    #[test]
    fn programs_get_every_part() {
        let value = json(&[&written()], 2);
        assert_eq!((&value["unreadable_lines"], &value["writes"][0]["number"]), (&json!(2), &json!(7)));
        let one = &value["writes"][0];
        assert_eq!((&one["outcome"], &one["why"]), (&json!("failed"), &json!("403 E0000006")));
        assert_eq!(one["request"]["path"], "/api/v1/apps/0oa1/groups/00g1");
        assert_eq!(one["changes"][0]["after"], "assigned");
        assert_eq!((&one["way_back"], &one["undone_by"]), (&json!("-"), &Value::Null));
    }
}
