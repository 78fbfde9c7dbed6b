//! Draws Home.

use super::model::{Model, Row, rows};
use crate::run::job::{RememberedOrg, Trouble};
use crate::setup::Target;
use crate::text::{Clean, cut_end, pad, time, width};
use crate::tui::command::CommandId as C;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::{Rows, first_row};
use crate::tui::widgets::wrap::wrap;
use crate::tui::widgets::{confirm, heading, trouble};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let mut page = heading::page(
        shared,
        theme,
        "Nothing is written to Okta before you have seen the plan and said yes.",
    );
    page.title = match &shared.session {
        Some(session) => format!("oktui   {}", session.org.host()),
        None => "oktui   no org connected".into(),
    };
    if model.question.is_some() {
        page.hints = vec![(C::Yes, "yes"), (C::Right, "choose"), (C::Open, "answer"), (C::Back, "no")];
        return page;
    }
    page.hints = vec![(C::Down, "move"), (C::Open, "open")];
    match rows(shared).get(model.cursor) {
        Some(Row::Org(_)) => page.hints.push((C::Remove, "forget it")),
        Some(Row::Draft(_)) => page.hints.push((C::Remove, "discard it")),
        _ => {}
    }
    page.hints.extend([(C::Palette, "all commands"), (C::Help, "help"), (C::Quit, "quit")]);
    page
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
    let mut out = Rows::new(area);
    let cells = out.cells().saturating_sub(2);
    let all = rows(shared);
    let intro = "Okta sign-in for the Cequence AI Gateway: set it up, test it, and see every redirect and token exchange.";
    for line in wrap(intro, cells) {
        out.push(frame, format!(" {line}"));
    }
    out.gap();
    // The question stands at the foot: its text, and the two answers.
    let room = out.left().saturating_sub(if model.question.is_some() { 3 } else { 0 });
    let top = usize::from(area.height) - out.left();
    let mut lines: Vec<(Option<usize>, Line<'static>)> = Vec::new();
    let mut before: Option<&'static str> = None;
    let columns = Columns::of(&all, cells);
    for (i, row) in all.iter().enumerate() {
        let head = heading_of(row);
        if before.is_some() && head != before.unwrap_or_default() {
            lines.push((None, Line::default()));
            if !head.trim().is_empty() {
                lines.push((None, Line::styled(format!(" {head}"), theme.title())));
            }
        }
        before = Some(head);
        lines.push((Some(i), line_of(row, i == model.cursor, shared, theme, &columns)));
    }
    lines.extend(said(shared, theme, cells).into_iter().map(|line| (None, line)));
    let mut at = lines.iter().position(|(row, _)| *row == Some(model.cursor)).unwrap_or(0);
    if model.cursor + 1 == all.len() {
        // What is said below the last row comes into sight with it.
        at = (at + room.saturating_sub(1)).min(lines.len().saturating_sub(1));
    }
    let first = first_row(at, lines.len(), room);
    let below = lines.len().saturating_sub(first + room);
    for (_, line) in lines.into_iter().skip(first).take(room) {
        out.push(frame, line);
    }
    for (there, up, y) in [(first > 0, true, top), (below > 0, false, top + room.saturating_sub(1))] {
        let y = area.y.saturating_add(u16::try_from(y).unwrap_or(u16::MAX));
        if there && area.width > 2 && y < area.bottom() {
            let sign = if up { "↑" } else { "↓" };
            let corner = Rect { x: area.right() - 1, y, width: 1, height: 1 };
            frame.render_widget(Line::styled(sign, theme.quiet()), corner);
        }
    }
    if let Some((question, _)) = &model.question {
        out.down_to(2);
        confirm::draw(frame, &mut out, question, theme);
    }
}

/// What there is to say about what was left: that it is being read, or what could not be read.
fn said(shared: &Shared, theme: Theme, cells: usize) -> Vec<Line<'static>> {
    let (troubles, reading): (&[Trouble], bool) = match &shared.start {
        Remote::Idle => (&[], false),
        Remote::Loading => (&[], true),
        Remote::Failed(trouble, _) => (std::slice::from_ref(trouble), false),
        Remote::Ready(start) => (&start.troubles, false),
    };
    let mut lines = Vec::new();
    if reading || !troubles.is_empty() {
        lines.push(Line::default());
    }
    if reading {
        lines.push(Line::styled(" Reading what you left here …", theme.quiet()));
    }
    lines.extend(troubles.iter().flat_map(|t| trouble::lines(theme, "WARN", t, "", cells)));
    lines
}

fn heading_of(row: &Row) -> &'static str {
    match row {
        Row::SetUp | Row::Test | Row::CheckUp | Row::Diagnose => "",
        Row::Demo | Row::Scenarios | Row::Journal | Row::Servers => " ",
        Row::Unfinished(_) | Row::Draft(_) => "Go on where you stopped",
        Row::Org(_) | Row::Connect | Row::Rights => "Orgs",
    }
}

/// How wide the columns of drafts and orgs are: as wide as what stands in them, so that the last one has room at 80 cells.
struct Columns {
    cells: usize,
    places: usize,
    badges: usize,
}

impl Columns {
    fn of(all: &[Row], cells: usize) -> Self {
        let place = |row: &Row| match row {
            Row::Unfinished(left) => width(&host(&left.plan.org_url)),
            Row::Draft(saved) => width(&host(&saved.draft.org_url)),
            Row::Org(org) => width(&host(&org.url)),
            _ => 0,
        };
        let badge = |row: &Row| if let Row::Org(org) = row { badge(org).len() } else { 0 };
        Self {
            cells,
            places: all.iter().map(place).max().unwrap_or(0).min(26),
            badges: all.iter().map(badge).max().unwrap_or(0),
        }
    }
}

fn badge(org: &RememberedOrg) -> &'static str {
    match (org.prod, org.read_only) {
        (true, true) => "PROD read-only",
        (true, false) => "PROD",
        (false, true) => "read-only",
        (false, false) => "",
    }
}

fn host(url: &str) -> String {
    Clean::new(url.split_once("://").map_or(url, |(_, host)| host)).to_string()
}

fn line_of(row: &Row, on: bool, shared: &Shared, theme: Theme, columns: &Columns) -> Line<'static> {
    let marker = if on { theme.marker() } else { " " };
    let style = if on { theme.focus() } else { theme.text() };
    let door = |name: &str, text: &str| {
        Line::from(vec![
            Span::raw(format!(" {marker} ")),
            Span::styled(pad(name, 11), style),
            Span::raw(cut_end(text, columns.cells.saturating_sub(13))),
        ])
    };
    let listed = |name: &str, place: &str, badge: Option<(String, Style)>, state: &str| {
        let mut spans = vec![
            Span::raw(format!(" {marker} ")),
            Span::styled(pad(name, 20), style),
            Span::raw(format!(" {}", pad(place, columns.places))),
        ];
        spans.extend(badge.map(|(text, look)| Span::styled(format!("  {text}"), look)));
        let used: usize = spans.iter().map(Span::width).sum();
        let state = cut_end(state, columns.cells.saturating_sub(used + 1));
        spans.push(Span::styled(format!("  {state}"), theme.quiet()));
        Line::from(spans)
    };
    match row {
        Row::SetUp => door("Set up", "an app integration in five steps, then six values for the gateway"),
        Row::CheckUp => door("Check up", "an app as it is in the org, judged without a sign-in"),
        Row::Test => door("Test", "one sign-in, every redirect and token exchange on screen"),
        Row::Diagnose => door("Diagnose", "paste a failed URL or an error text; needs no Okta account"),
        Row::Journal => door("Journal", "every change made from here, and the way back"),
        Row::Scenarios => door("Scenarios", "break the demo org in one way, to practise on"),
        Row::Demo => door("Demo org", "a built-in Okta: no account, no network, nothing stays"),
        Row::Unfinished(left) => {
            let state = format!("apply stopped after {} of {}", left.done, left.plan.changes.len());
            listed(left.plan.label.as_str(), &host(&left.plan.org_url), None, &state)
        }
        Row::Draft(saved) => {
            let kind = if saved.draft.target == Target::New { "new app" } else { "draft" };
            let state = match saved.draft.step {
                step @ 1..=5 => format!("step {step} of 5, {}", time::ago(saved.saved, shared.now)),
                _ => format!("{kind}, {}", time::ago(saved.saved, shared.now)),
            };
            listed(
                Clean::new(&saved.draft.setup.app.name).as_str(),
                &host(&saved.draft.org_url),
                None,
                &state,
            )
        }
        Row::Org(org) => {
            let used = org.last_used.map(|at| format!("used {}", time::ago(at, shared.now)));
            let look = if org.prod { theme.bad() } else { theme.warn() };
            let badge = (columns.badges > 0).then(|| (pad(badge(org), columns.badges), look));
            listed(org.label.as_str(), &host(&org.url), badge, &used.unwrap_or_default())
        }
        Row::Servers => door("Servers", "which MCP servers use which app and which client secret"),
        Row::Rights => Line::from(vec![
            Span::raw(format!(" {marker} ")),
            Span::styled("what this session may do", style),
        ]),
        Row::Connect => {
            Line::from(vec![Span::raw(format!(" {marker} ")), Span::styled("+ connect an org", style)])
        }
    }
}
