//! What stands below the tabs, in lines.

use super::model::{Looked, Model, Tab};
use crate::diagnose::words::{self, Row};
use crate::diagnose::{Answer, Finding};
use crate::text::{cut_end, pad};
use crate::tui::widgets::wrap::wrap;

/// Cells before the text of a row.
const HEAD: usize = 12;

/// A line with its look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: String,
    /// A headline: what happened, or a hop.
    pub(super) title: bool,
}

/// The lines of the open tab, at most `cells` cells each.
pub(super) fn lines(model: &Model, cells: usize) -> Vec<Text> {
    match (&model.looked, model.tab) {
        (None, _) => Vec::new(),
        (Some(looked), Tab::Why) => model.finding().map_or_else(Vec::new, |f| why(f, looked, cells)),
        (Some(looked), Tab::Evidence) => hops(looked, cells),
    }
}

fn title(text: &str, cells: usize) -> Vec<Text> {
    wrap(text, cells).into_iter().map(|text| Text { text, title: true }).collect()
}

fn rows(rows: Vec<Row>, cells: usize) -> impl Iterator<Item = Text> {
    let room = cells.saturating_sub(HEAD).max(1);
    rows.into_iter().flat_map(move |row| {
        let parts = if row.fixed { vec![cut_end(&row.text, room)] } else { wrap(&row.text, room) };
        parts.into_iter().enumerate().map(move |(at, part)| Text {
            text: format!("{}{part}", pad(if at == 0 { row.head } else { "" }, HEAD)),
            title: false,
        })
    })
}

fn row(head: &'static str, text: impl Into<String>) -> Row {
    Row { head, text: text.into(), fixed: false }
}

fn gap() -> Text {
    Text { text: String::new(), title: false }
}

fn why(finding: &Finding, looked: &Looked, cells: usize) -> Vec<Text> {
    let mut out = title(&finding.headline, cells);
    out.extend(rows(vec![row("where", words::place(finding))], cells));
    out.extend(rows(words::rows(finding), cells));
    let diagnosis = &looked.diagnosis;
    let mut more: Vec<Row> = diagnosis.could_not_look.iter().map(|said| row("", said.as_str())).collect();
    more.extend(diagnosis.needs.iter().map(|need| row("", format!("{} ({})", need.words(), need.scope()))));
    if let Some(first) = more.first_mut() {
        first.head = "not asked";
        out.push(gap());
        out.extend(rows(more, cells));
    }
    out
}

fn hops(looked: &Looked, cells: usize) -> Vec<Text> {
    let mut out = Vec::new();
    for hop in &looked.evidence.hops {
        if !out.is_empty() {
            out.push(gap());
        }
        out.extend(title(&format!("{:>2}  {}", hop.number, words::hop_title(hop)), cells));
        out.extend(rows(words::hop_rows(hop), cells));
    }
    for token in &looked.evidence.tokens {
        if !out.is_empty() {
            out.push(gap());
        }
        let from = token.hop.map_or_else(String::new, |hop| format!(" of hop {hop}"));
        let kind = if token.is_id_token { "ID token" } else { "token" };
        out.extend(title(&format!("{kind}{from}, decoded; its signature was not checked"), cells));
        out.extend(rows(words::token_rows(token), cells));
    }
    for event in &looked.evidence.events {
        let text = format!("{}  {} {} {}", event.published, event.kind, event.result, event.reason);
        out.extend(title(&text, cells));
    }
    for event in looked.evidence.answers.iter().flat_map(|(_, answer)| match answer {
        Answer::LogEvents(events) => events.as_slice(),
        _ => &[],
    }) {
        let text =
            format!("the org's log: {}  {} {} {}", event.published, event.kind, event.result, event.reason);
        out.extend(rows(vec![row("", text)], cells));
    }
    if out.is_empty() {
        out.extend(title("No hop of a sign-in was recognised.", cells));
    }
    out
}
