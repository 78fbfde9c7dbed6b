//! Draws the flow tester: the form, or the run with its list and its detail.

mod form;
mod history;
mod list;
mod sequence;
mod stepping;
mod unmasked;

use super::detail;
use super::form::session_only;
use super::model::Model;
use super::run::{Run, TABS};
use crate::flow::trace::Way;
use crate::secret::Secret;
use crate::text::time::utc;
use crate::text::{Clean, pad};
use crate::tui::command::CommandId as C;
use crate::tui::shared::Shared;
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::Rows;
use crate::tui::widgets::wrap::{hard, wrap};
use crate::tui::widgets::{heading, qr, tabs};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    if let Some(history) = model.shown_history() {
        let mut page = heading::page(shared, theme, history::EXPLAIN);
        page.second = Line::raw(" Runs of before, the newest first");
        page.hints = history::hints(history);
        return page;
    }
    let Some(run) = model.shown_run() else {
        let mut page = heading::page(shared, theme, form::explain(model, shared));
        page.second = Line::raw(" Test: one sign-in as the gateway would do it, every step on the screen");
        page.hints = form::hints(model, shared);
        return page;
    };
    let (word, _) = detail::headline(run, session_only(shared));
    let explain = match run.older {
        Some(_) => "A run of before: nothing of it can be shown that is masked.",
        None => "Secrets are masked; s shows the next one of this tab for 20 seconds.",
    };
    let mut page = heading::page(shared, theme, explain);
    let name = if run.older.is_some() { "before:".into() } else { format!("run {}", run.request.run) };
    page.badges.push((format!("{name} {word}"), style_of(theme, word)));
    page.second = Line::raw(format!(" {}", what(run, session_only(shared))));
    page.hints = hints(run);
    page
}

fn what(run: &Run, session_only: bool) -> String {
    if let Some(trace) = run.trace.as_ref().filter(|_| run.older.is_some()) {
        return format!("{}, {}", utc(trace.began), form::way(trace.way).0);
    }
    let life = if run.request.whole_life { ", tokens' whole life" } else { "" };
    match run.request.way {
        Way::Browser => format!("code + PKCE, signed in by browser{life}"),
        Way::Device => format!("device code, entered in any browser{life}"),
        Way::Form => format!("code + PKCE through the server's form{life}"),
        Way::Secret => "secret, method or encoding? A made-up code tells, nobody signs in".into(),
        Way::Battery => "mistakes and attacks that a server must refuse".into(),
        Way::Client => "client credentials: the client asks for itself, nobody signs in".into(),
        Way::Probe => "Probe without a user: how far does the configuration carry?".into(),
        Way::Terminal => {
            let limit = if session_only { "; judges the session policy only" } else { "" };
            format!("code + PKCE as {}{life}{limit}", Clean::new(&run.request.login))
        }
    }
}

fn hints(run: &Run) -> Vec<(C, &'static str)> {
    if run.unmasked.is_some() {
        return vec![(C::Back, "do not write it")];
    }
    if let Some(paused) = &run.paused {
        return stepping::hints(paused);
    }
    if run.need.is_some() && run.open {
        return vec![(C::Back, "close the field"), (C::Cancel, "stop the run")];
    }
    if run.need.as_ref().is_some_and(|need| need.open.is_some()) {
        if run.need.as_ref().is_some_and(|need| need.code.is_some()) {
            return vec![(C::View, "the address alone"), (C::Copy, "copy it"), (C::Cancel, "stop the run")];
        }
        return vec![
            (C::View, "the address alone"),
            (C::Copy, "copy it"),
            (C::Open, "paste the answer"),
            (C::Cancel, "stop the run"),
        ];
    }
    if run.need.is_some() {
        return vec![
            (C::Open, "type the code"),
            (C::Cancel, "stop the run"),
            (C::View, "view"),
            (C::Help, ""),
        ];
    }
    if run.compared.is_some() {
        return vec![(C::Compare, "the run before that"), (C::Back, ""), (C::Copy, ""), (C::Help, "")];
    }
    if run.whole {
        return vec![
            (C::Open, "back to the list"),
            (C::Right, "tab"),
            (C::Show, "show"),
            (C::Copy, ""),
            (C::Back, ""),
        ];
    }
    let fix = super::cause::can_fix(run);
    let view = match run.sequence {
        true => "list",
        false if fix => "view",
        false => "sequence",
    };
    let mut hints = Vec::new();
    if !run.ended {
        hints.push((C::Cancel, "stop"));
    }
    if !run.rows().is_empty() {
        hints.push((C::Open, "open"));
    }
    if run.older.is_some() {
        hints.extend([
            (C::Right, "tab"),
            (C::View, view),
            (C::Copy, "copy"),
            (C::Back, "list"),
            (C::Help, ""),
        ]);
        return hints;
    }
    hints.extend([(C::Right, "tab"), (C::Show, "show"), (C::View, view)]);
    if fix {
        hints.insert(0, (C::Fix, "fix"));
    }
    if run.ended {
        if super::stepping::is_stepping(run) {
            hints.push((C::SendHop, "again to here"));
        }
        hints.extend([
            (C::Again, if fix { "again" } else { "run again" }),
            (C::Export, "save"),
            (C::Copy, "copy"),
            (C::Back, "form"),
        ]);
    }
    hints.push((C::Help, ""));
    hints
}

fn style_of(theme: Theme, word: &str) -> ratatui::style::Style {
    match word {
        "PASSED" => theme.good(),
        "FAILED" => theme.bad(),
        _ => theme.warn(),
    }
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
    let mut rows = Rows::new(area);
    match model.shown_run() {
        None => match model.shown_history() {
            Some(history) => history::draw(history, frame, &mut rows, theme),
            None => form::draw(model, frame, &mut rows, shared, theme),
        },
        Some(run) => match device(run).filter(|_| !theme.ascii()) {
            Some((url, code)) if draw_device(run, url, code, frame, area, theme) => {}
            _ => draw_run(run, frame, &mut rows, shared, theme),
        },
    }
}

/// The address and the code of a device grant that waits for its person.
fn device(run: &Run) -> Option<(&Secret, &Clean)> {
    run.need.as_ref().and_then(|need| need.open.as_ref().zip(need.code.as_ref()))
}

/// Cells in which the address and the words about it stand beside a QR code.
const BESIDE: usize = 38;

/// The code that is typed, and a QR code of the address for a phone; not where that does not fit.
fn draw_device(run: &Run, url: &Secret, code: &Clean, frame: &mut Frame, area: Rect, theme: Theme) -> bool {
    let Some(left) = qr::beside(url.expose(), BESIDE, frame, area) else { return false };
    let mut rows = Rows::new(left);
    rows.gap();
    let message = run.need.as_ref().map_or("", |need| need.message.as_str());
    for line in wrap(message, rows.cells().saturating_sub(1)) {
        rows.push(frame, Line::raw(format!(" {line}")));
    }
    rows.gap();
    // In pieces it cannot be copied clean, but it can be recognised.
    for line in hard(Clean::new(url.expose()).as_str(), rows.cells().saturating_sub(3)) {
        rows.push(frame, Line::styled(format!("   {line}"), theme.quiet()));
    }
    rows.push(frame, Line::from(vec![Span::raw("   Code  "), Span::styled(code.to_string(), theme.title())]));
    rows.gap();
    for line in wrap(
        "A phone's camera reads it too. Okta is asked until somebody has signed in.",
        rows.cells().saturating_sub(1),
    ) {
        rows.push(frame, Line::styled(format!(" {line}"), theme.quiet()));
    }
    true
}

fn draw_run(run: &Run, frame: &mut Frame, rows: &mut Rows, shared: &Shared, theme: Theme) {
    let (word, sentence) = detail::headline(run, session_only(shared));
    if !run.whole {
        let cells = rows.cells().saturating_sub(10);
        let verdict = wrap(&sentence, cells);
        let verdict = verdict.get(..verdict.len().min(2)).unwrap_or_default();
        // A run that is well shows all its hops; one that failed needs the room below for why.
        let share = if word == "FAILED" {
            (rows.left() / 2).saturating_sub(1)
        } else {
            rows.left().saturating_sub(8)
        };
        let room = run.rows().len().clamp(3, share.max(3));
        if run.sequence {
            sequence::draw(run, frame, rows, theme, room);
        } else {
            list::draw(run, frame, rows, theme, room);
        }
        for (i, line) in verdict.iter().enumerate() {
            let head = if i == 0 { word } else { "" };
            rows.push(
                frame,
                Line::from(vec![
                    Span::styled(format!(" {head:<8}"), style_of(theme, word)),
                    Span::raw(line.clone()),
                ]),
            );
        }
        if let Some((bucket, until)) = &shared.waiting {
            let seconds = until.duration_since(shared.now).as_secs().max(0);
            rows.push(
                frame,
                Line::styled(
                    format!(" Okta's limit for {bucket} is used up: going on by itself in {seconds} s."),
                    theme.warn(),
                ),
            );
        }
    }
    if let Some(asked) = &run.unmasked {
        return unmasked::draw(asked, frame, rows, theme);
    }
    if let Some(paused) = run.paused.as_ref().filter(|paused| paused.open) {
        return stepping::draw(paused, frame, rows, theme);
    }
    if run.need.is_some() {
        return draw_need(run, frame, rows, shared, theme);
    }
    rows.push(frame, tabs::line(theme, &TABS, run.tab, rows.cells()));
    draw_detail(run, frame, rows, shared, theme);
}

fn draw_detail(run: &Run, frame: &mut Frame, rows: &mut Rows, shared: &Shared, theme: Theme) {
    let revealed = run.revealed.as_ref().filter(|(_, _, until)| shared.now < *until);
    let cells = rows.cells().saturating_sub(2);
    let lines: Vec<String> = detail::lines(run, session_only(shared))
        .iter()
        .flat_map(|text| {
            let shown = text.with(|id| {
                revealed.filter(|(at, ..)| *at == id).map(|(_, secret, _)| Clean::new(secret.expose()))
            });
            hanging(&shown, cells)
        })
        .collect();
    let room = rows.left();
    let skip = run.scroll.min(lines.len().saturating_sub(room));
    let rest = lines.len().saturating_sub(skip + room);
    let shown = if rest > 0 { room.saturating_sub(1) } else { room };
    for line in lines.iter().skip(skip).take(shown) {
        rows.push(frame, Line::raw(format!(" {line}")));
    }
    if rest > 0 {
        rows.push(
            frame,
            Line::styled(
                format!(
                    " {} more: PgDn, or Enter for the whole screen",
                    crate::text::plural(rest + 1, "line")
                ),
                theme.quiet(),
            ),
        );
    }
}

/// A line that goes on below where its text begins: after its head, which two blanks end.
fn hanging(line: &str, cells: usize) -> Vec<String> {
    let hang = hang(line);
    let (Some(head), Some(text)) = (line.get(..hang), line.get(hang..)) else { return wrap(line, cells) };
    let parts = wrap(text, cells.saturating_sub(hang).max(1));
    let parts = parts.into_iter().enumerate();
    parts
        .map(|(at, part)| format!("{}{part}", if at == 0 { head.to_owned() } else { " ".repeat(hang) }))
        .collect()
}

/// The widest head, in cells.
const HEAD: usize = 16;

/// Where the text of a line begins, in bytes: after a head of ASCII and at least two blanks, or after the blanks that it begins with.
fn hang(line: &str) -> usize {
    let blanks = line.bytes().take_while(|b| *b == b' ').count();
    let rest = line.get(blanks..).unwrap_or_default();
    let Some(gap) = rest.find("  ").filter(|gap| blanks + gap < HEAD && rest.is_char_boundary(*gap)) else {
        return blanks;
    };
    if !rest.get(..gap).is_some_and(str::is_ascii) {
        return blanks;
    }
    let after = rest.get(gap..).unwrap_or_default().bytes().take_while(|b| *b == b' ').count();
    blanks + gap + after
}

fn draw_need(run: &Run, frame: &mut Frame, rows: &mut Rows, shared: &Shared, theme: Theme) {
    let Some(need) = &run.need else { return };
    rows.push(frame, crate::tui::widgets::rows::rule(theme, rows.cells()));
    for line in wrap(need.message.as_str(), rows.cells().saturating_sub(2)) {
        rows.push(frame, Line::raw(format!(" {line}")));
    }
    for (i, (_, label)) in need.factors.iter().enumerate() {
        let sign = if i == run.factor { "(x)" } else { "( )" };
        let choose = if i == 0 && need.factors.len() > 1 { "   up, down: choose" } else { "" };
        rows.push(frame, Line::raw(format!("   {sign} {label}{choose}")));
    }
    if let Some(url) = &need.open {
        // In pieces it cannot be copied clean, but it can be recognised.
        let url = Clean::new(url.expose());
        let lines = wrap(url.as_str(), rows.cells().saturating_sub(4));
        let room = rows.left().saturating_sub(2).clamp(1, 6);
        for line in lines.iter().take(room) {
            rows.push(frame, Line::styled(format!("   {line}"), theme.quiet()));
        }
    }
    if let Some(code) = &need.code {
        rows.push(
            frame,
            Line::from(vec![Span::raw("   Code  "), Span::styled(code.to_string(), theme.title())]),
        );
        return;
    }
    let (label, cells) = if need.open.is_some() {
        ("Answer", rows.cells().saturating_sub(36))
    } else {
        ("One-time code  ", 14)
    };
    let (shown, cursor) = run.passcode.shown(cells.max(14));
    let mut spans = vec![Span::raw(format!(" {} {label} [", theme.marker()))];
    if run.open {
        let left: String = shown.chars().take(cursor).collect();
        let right: String = shown.chars().skip(cursor + 1).collect();
        spans.extend([Span::raw(left), Span::styled("_", theme.key()), Span::raw(right)]);
    } else {
        spans.push(Span::raw(pad(&shown, cells.max(14))));
    }
    spans.push(Span::raw("]  Enter sends it"));
    rows.push(frame, Line::from(spans));
    let person = super::form::people(shared).iter().find(|p| p.login.as_str() == run.request.login);
    if let Some(code) = person.and_then(|p| p.code.as_ref()) {
        let line = format!("   In the demo their code is {}.", Clean::new(code.expose()));
        rows.push(frame, Line::styled(line, theme.badge()));
    }
}
