//! The hops as a sequence: lifelines six cells apart at the left, the words right of them, one hop a line, in the list's order.

use super::super::run::{Row, Run};
use super::list::said;
use crate::flow::trace::{Party, Verdict};
use crate::text::{pad, width};
use crate::tui::theme::Theme;
use crate::tui::widgets::rows::{Rows, first_row};
use ratatui::Frame;
use ratatui::text::{Line, Span};

/// Cells between two lifelines.
const APART: usize = 6;
/// Cells of the lifelines: the words begin here.
const LEFT: usize = 30;

pub(super) fn draw(run: &Run, frame: &mut Frame, rows: &mut Rows, theme: Theme, room: usize) {
    let parties = parties(run);
    let mut head = " ".repeat(2);
    for party in &parties {
        head.push_str(&pad(party.word(), APART.max(width(party.word()) + 1)));
    }
    rows.push(frame, Line::styled(head, theme.quiet()));
    let all = run.rows();
    let first = first_row(run.cursor, all.len(), room);
    for (i, row) in all.iter().enumerate().skip(first).take(room) {
        let said = said(run, *row);
        let on = i == run.cursor;
        let marker = if on { theme.marker() } else { " " };
        let words = rows.cells().saturating_sub(LEFT + 19);
        rows.push(
            frame,
            Line::from(vec![
                Span::raw(format!("{marker} ")),
                Span::styled(pad(&lifelines(run, *row, &parties, theme), LEFT - 2), theme.quiet()),
                Span::styled(format!("{:<5}", said.verdict), theme.state(said.verdict)),
                Span::raw(format!("{:>2}{} ", said.number, said.fold)),
                Span::styled(pad(&said.what, words), if on { theme.focus() } else { theme.text() }),
                Span::raw(format!(" {:>7}", said.status)),
            ]),
        );
    }
}

/// Only parties that have a hop, and this program, from which all hops go.
fn parties(run: &Run) -> Vec<Party> {
    let has = |party: Party| party == Party::Here || run.hops.iter().any(|h| h.to == party);
    [Party::You, Party::Here, Party::Okta, Party::Gateway].into_iter().filter(|p| has(*p)).collect()
}

fn lifelines(run: &Run, row: Row, parties: &[Party], theme: Theme) -> String {
    let hop = match row {
        Row::Hop(at) | Row::Group(at, _) => run.hops.get(at),
        Row::End => None,
    };
    let place = |party: Party| parties.iter().position(|p| *p == party).unwrap_or(0) * APART;
    let line = if theme.ascii() { '|' } else { '│' };
    let mut cells: Vec<char> = vec![' '; parties.len() * APART];
    for party in parties {
        set(&mut cells, place(*party), line);
    }
    let Some(hop) = hop else { return cells.into_iter().collect() };
    let (from, to) = (place(Party::Here), place(hop.to));
    if from == to {
        set(&mut cells, from, if theme.ascii() { '*' } else { '●' });
        return cells.into_iter().collect();
    }
    // What was not sent is a broken line.
    let sent = hop.verdict != Verdict::NotRun;
    let dash = match (theme.ascii(), sent) {
        (true, true) => '-',
        (true, false) => '.',
        (false, true) => '─',
        (false, false) => '╌',
    };
    let (low, high) = (from.min(to), from.max(to));
    for at in low + 1..high {
        set(&mut cells, at, dash);
    }
    let head = match (to > from, theme.ascii()) {
        (true, true) => ('>', high - 1),
        (true, false) => ('▸', high - 1),
        (false, true) => ('<', low + 1),
        (false, false) => ('◂', low + 1),
    };
    set(&mut cells, head.1, head.0);
    cells.into_iter().collect()
}

fn set(cells: &mut [char], at: usize, c: char) {
    if let Some(cell) = cells.get_mut(at) {
        *cell = c;
    }
}
