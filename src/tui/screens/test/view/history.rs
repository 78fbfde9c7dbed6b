//! Draws the list of runs of before.

use super::super::history::History;
use super::form::way;
use crate::flow::trace::RunVerdict;
use crate::run::job::KeptRun;
use crate::text::time::utc;
use crate::text::{cut_end, pad, plural};
use crate::tui::command::CommandId as C;
use crate::tui::shared::Remote;
use crate::tui::theme::Theme;
use crate::tui::widgets::rows::{Rows, page_of};
use crate::tui::widgets::trouble;
use ratatui::Frame;
use ratatui::text::{Line, Span};

pub(super) const EXPLAIN: &str = "The last 50 runs of this client on this machine, without their secrets.";

pub(super) fn hints(history: &History) -> Vec<(C, &'static str)> {
    let mut hints = Vec::new();
    if history.runs.value().is_some_and(|kept| !kept.runs.is_empty()) {
        hints.push((C::Open, "open"));
    }
    hints.extend([(C::Back, "form"), (C::Help, "")]);
    hints
}

pub(super) fn draw(history: &History, frame: &mut Frame, rows: &mut Rows, theme: Theme) {
    let kept = match &history.runs {
        Remote::Idle | Remote::Loading => return rows.push(frame, " Reading the runs of before ..."),
        Remote::Failed(what, _) => {
            let lines = trouble::lines(theme, "FAIL", what, "Esc goes to the form.", rows.cells());
            return lines.into_iter().for_each(|line| rows.push(frame, line));
        }
        Remote::Ready(kept) => kept,
    };
    if kept.runs.is_empty() {
        rows.push(frame, " No run of this client is kept here yet. Every run that ends is, masked.");
        rows.gap();
    }
    let damaged: Vec<Line<'_>> = kept
        .damaged
        .iter()
        .take(2)
        .flat_map(|what| trouble::lines(theme, "WARN", what, "", rows.cells()))
        .collect();
    let more = kept.damaged.len().saturating_sub(2);
    let foot = damaged.len() + usize::from(more > 0);
    let room = rows.left().saturating_sub(foot).max(1);
    for at in page_of(history.cursor, kept.runs.len(), room) {
        if let Some(run) = kept.runs.get(at) {
            rows.push(frame, line(run, at == history.cursor, theme, rows.cells()));
        }
    }
    damaged.into_iter().for_each(|line| rows.push(frame, line));
    if more > 0 {
        let line = format!("       and {} more that cannot be read", plural(more, "file"));
        rows.push(frame, Line::styled(line, theme.warn()));
    }
}

fn line(run: &KeptRun, on: bool, theme: Theme, cells: usize) -> Line<'static> {
    let marker = if on { theme.marker() } else { " " };
    let (word, state, more) = match &run.verdict {
        RunVerdict::Passed { .. } => ("PASSED", theme.good(), ""),
        RunVerdict::Failed { headline, .. } => ("FAILED", theme.bad(), headline.as_str()),
        RunVerdict::Stopped | RunVerdict::Running => ("STOPPED", theme.warn(), ""),
    };
    let name = format!("{}  {}", utc(run.began), pad(way(run.way).0, 26));
    let left = cells.saturating_sub(name.chars().count() + 13);
    Line::from(vec![
        Span::raw(format!(" {marker} ")),
        Span::styled(name, if on { theme.focus() } else { theme.text() }),
        Span::styled(format!("{word:<8} "), state),
        Span::styled(cut_end(more, left), theme.quiet()),
    ])
}
