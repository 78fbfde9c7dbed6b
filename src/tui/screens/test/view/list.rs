//! The hops as a list with a waterfall.

use super::super::run::{Row, Run, worst};
use crate::flow::trace::{Hop, Verdict};
use crate::text::{cut_end, pad};
use crate::tui::theme::Theme;
use crate::tui::widgets::rows::{Rows, first_row};
use crate::tui::widgets::waterfall;
use ratatui::Frame;
use ratatui::text::{Line, Span};

/// Cells left of the words: marker, fold sign, state, number, to.
const LEFT: usize = 21;
/// Cells of status and milliseconds.
const RIGHT: usize = 16;

pub(super) fn draw(run: &Run, frame: &mut Frame, rows: &mut Rows, theme: Theme, room: usize) {
    let cells = rows.cells();
    let bar = if cells >= 100 { 24 } else { 11 };
    let words = cells.saturating_sub(LEFT + RIGHT + bar);
    let whole = run.whole_ms();
    let head = format!(
        "{:>LEFT$}{}{:>7} {:>6}  {}",
        "#  to       ",
        pad("what", words),
        "status",
        "ms",
        waterfall::scale(theme, whole, bar)
    );
    rows.push(frame, Line::styled(cut_end(&head, cells), theme.quiet()));
    let all = run.rows();
    let first = first_row(run.cursor, all.len(), room);
    for (i, row) in all.iter().enumerate().skip(first).take(room) {
        rows.push(frame, line(run, *row, i == run.cursor, theme, words, bar));
    }
}

/// What a row says, whichever view draws it.
pub(super) struct Said {
    pub fold: &'static str,
    pub verdict: &'static str,
    pub number: String,
    pub to: &'static str,
    pub what: String,
    pub status: String,
    pub at_ms: u64,
    pub took_ms: u64,
}

pub(super) fn said(run: &Run, row: Row) -> Said {
    match row {
        Row::Hop(at) => {
            let said = run.hops.get(at).map_or_else(Said::nothing, of_hop);
            match &run.paused {
                Some(paused) if run.hops.get(at).is_some_and(|hop| hop.number == paused.pause.hop) => {
                    Said { status: "paused".into(), ..said }
                }
                _ => said,
            }
        }
        Row::Group(from, to) => {
            let hops = run.hops.get(from..=to).unwrap_or_default();
            let Some(head) = hops.first() else { return Said::nothing() };
            let last = hops.iter().rev().find_map(|h| h.exchange.as_ref()?.status);
            Said {
                fold: if run.unfolded { "-" } else { "+" },
                verdict: worst(hops).word(),
                what: format!("sign-in ({} hops)", hops.len()),
                status: last.map_or(String::new(), |s| s.to_string()),
                took_ms: hops.iter().map(|h| h.took_ms).sum(),
                ..of_hop(head)
            }
        }
        Row::End => Said { what: "how it ended".into(), ..Said::nothing() },
    }
}

impl Said {
    fn nothing() -> Self {
        Self {
            fold: " ",
            verdict: "",
            number: String::new(),
            to: "",
            what: String::new(),
            status: String::new(),
            at_ms: 0,
            took_ms: 0,
        }
    }
}

fn of_hop(hop: &Hop) -> Said {
    let status = match &hop.exchange {
        Some(exchange) => exchange.status.map_or("none".into(), |s| s.to_string()),
        None if hop.verdict == Verdict::NotRun => "not run".into(),
        None => String::new(),
    };
    Said {
        fold: " ",
        verdict: hop.verdict.word(),
        number: hop.number.to_string(),
        to: hop.to.word(),
        what: match hop.altered.is_empty() {
            true => hop.title.masked().replace('\n', " "),
            false => format!("altered: {}", hop.title.masked().replace('\n', " ")),
        },
        status,
        at_ms: hop.at_ms,
        took_ms: hop.took_ms,
    }
}

fn line(run: &Run, row: Row, on: bool, theme: Theme, words: usize, bar: usize) -> Line<'static> {
    let said = said(run, row);
    let marker = if on { theme.marker() } else { " " };
    let ran = row != Row::End && said.status != "not run";
    let ms = if ran { said.took_ms.to_string() } else { String::new() };
    let drawn = if ran {
        waterfall::bar(theme, said.at_ms, said.took_ms, run.whole_ms(), bar)
    } else {
        String::new()
    };
    Line::from(vec![
        Span::raw(format!("{marker}{} ", said.fold)),
        Span::styled(format!("{:<5}", said.verdict), theme.state(said.verdict)),
        Span::raw(format!("{:>2}  {} ", said.number, pad(said.to, 8))),
        Span::styled(
            pad(&cut_end(&said.what, words.saturating_sub(1)), words),
            if on { theme.focus() } else { theme.text() },
        ),
        Span::raw(format!("{:>7} {ms:>6}  ", said.status)),
        Span::styled(drawn, theme.key()),
    ])
}
