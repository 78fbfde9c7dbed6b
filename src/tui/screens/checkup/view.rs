//! Draws the check-up: the findings, the worst first, and below them all about the one under the cursor.

use super::model::{Model, lines};
use crate::checkup::{Finding, Harm};
use crate::text::{cut_end, pad, plural};
use crate::tui::command::CommandId as C;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::{Rows, first_row};
use crate::tui::widgets::{heading, tabs, trouble};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// Cells in which the lines of a finding are counted for scrolling.
pub(super) const CELLS: usize = 76;
/// Findings that are listed at once, above the text of one.
const LISTED: usize = 8;
/// Cells of the word before a finding.
const WORD: usize = 9;

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let explain = match (&model.found, model.app.is_some()) {
        (_, false) => "",
        (Remote::Ready(_), _) if model.on_button() => {
            "Shows which are old, forgotten or missing; their values are not kept."
        }
        (Remote::Ready(_), _) => "Only reads were made, and nobody signed in. f leads to where it is mended.",
        _ => "Only reads are made, and nobody signs in.",
    };
    let mut page = heading::page(shared, theme, explain);
    page.second = Line::raw(match &model.found {
        Remote::Ready(found) => format!(" Check-up: {}", counted(found)),
        _ => " Check-up: the app as it is in the org".into(),
    });
    page.hints = hints(model);
    page
}

/// `2 FAIL, 1 WARN`, the worst first.
fn counted(found: &[Finding]) -> String {
    let mut words: Vec<(&str, usize)> = Vec::new();
    for finding in found {
        match words.last_mut() {
            Some((word, n)) if *word == finding.harm.word() => *n += 1,
            _ => words.push((finding.harm.word(), 1)),
        }
    }
    if words.is_empty() {
        return "nothing is wrong with the app as it is in the org".into();
    }
    words.iter().map(|(word, n)| format!("{n} {word}")).collect::<Vec<_>>().join(", ")
}

fn hints(model: &Model) -> Vec<(C, &'static str)> {
    if model.app.is_none() {
        return vec![(C::Back, ""), (C::Help, "")];
    }
    match &model.found {
        Remote::Loading => return vec![(C::Back, "stop reading"), (C::Help, "")],
        Remote::Idle | Remote::Failed(..) => {
            return vec![(C::Again, "read again"), (C::Back, ""), (C::Help, "")];
        }
        Remote::Ready(_) => {}
    }
    let mut hints = Vec::new();
    if model.on_button() {
        hints.push((C::Open, "look"));
    } else if model.finding().is_some() {
        hints.extend([
            (C::Fix, "fix"),
            (C::Open, if model.whole { "smaller" } else { "larger" }),
            (C::Copy, "message"),
        ]);
    }
    hints.extend([
        (C::Drift, "drift"),
        (C::Again, "again"),
        (C::Export, "save"),
        (C::Back, ""),
        (C::Help, ""),
    ]);
    hints
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, theme: Theme) {
    let mut out = Rows::new(area);
    let cells = out.cells();
    let say = |out: &mut Rows, frame: &mut Frame, text: &str| {
        out.push(frame, Line::styled(format!(" {text}"), theme.quiet()));
    };
    match &model.found {
        _ if model.app.is_none() => {
            say(&mut out, frame, "This app is not in Okta yet: there is nothing to look at.")
        }
        Remote::Idle => say(&mut out, frame, "It was not looked at since. r does."),
        Remote::Loading => {
            say(&mut out, frame, "Reading the app, its assignments, its server and policies …")
        }
        Remote::Failed(what, _) => {
            let lines = trouble::lines(theme, "FAIL", what, "r reads again.", cells);
            lines.into_iter().for_each(|line| out.push(frame, line));
        }
        Remote::Ready(found) => draw_found(model, found, frame, &mut out, theme),
    }
}

fn draw_found(model: &Model, found: &[Finding], frame: &mut Frame, out: &mut Rows, theme: Theme) {
    let cells = out.cells();
    if !model.whole {
        let rows = model.last() + 1;
        let room = LISTED.max(out.left().saturating_sub(14)).min(rows);
        let first = first_row(model.cursor, rows, room);
        for at in first..rows.min(first + room) {
            out.push(frame, row(found.get(at), at == model.cursor, cells, theme));
        }
        if rows > room {
            let more =
                format!("   {} of {}", (model.cursor + 1).min(found.len()), plural(found.len(), "finding"));
            out.push(frame, Line::styled(more, theme.quiet()));
        }
    }
    let Some(finding) = model.finding() else { return };
    out.push(frame, tabs::line(theme, &[finding.harm.words()], 0, cells));
    for line in crate::tui::widgets::wrap::wrap(&finding.title, cells.saturating_sub(2)) {
        out.push(frame, Line::styled(format!(" {line}"), theme.title()));
    }
    let lines = lines(finding, cells.saturating_sub(2).min(100));
    let first = model.scroll.min(lines.len().saturating_sub(out.left()));
    let below = lines.len().saturating_sub(first + out.left());
    let room = out.left().saturating_sub(usize::from(below > 0));
    for text in lines.iter().skip(first).take(room) {
        out.push(frame, Line::styled(format!(" {text}"), theme.text()));
    }
    if below > 0 {
        let more = format!(" … {} below; Enter makes room", plural(lines.len() - first - room, "line"));
        let more = if model.whole {
            format!(" … {} below", plural(lines.len() - first - room, "line"))
        } else {
            more
        };
        out.push(frame, Line::styled(more, theme.quiet()));
    }
}

/// A finding, or the button that stands below them.
fn row(finding: Option<&Finding>, on: bool, cells: usize, theme: Theme) -> Line<'static> {
    let marker = if on { theme.marker() } else { " " };
    let style = if on { theme.focus() } else { theme.text() };
    let Some(finding) = finding else {
        let text = "[ Look at the client secrets too: Okta's log records that ]";
        return Line::from(vec![Span::raw(format!(" {marker} ")), Span::styled(text, style)]);
    };
    Line::from(vec![
        Span::raw(format!(" {marker} ")),
        Span::styled(pad(finding.harm.word(), WORD), look(finding.harm, theme)),
        Span::styled(cut_end(&finding.title, cells.saturating_sub(4 + WORD)), style),
    ])
}

fn look(harm: Harm, theme: Theme) -> Style {
    match harm {
        Harm::Everybody | Harm::Some => theme.bad(),
        Harm::Exposed | Harm::Later | Harm::NotRead => theme.warn(),
        Harm::Note => theme.quiet(),
    }
}
