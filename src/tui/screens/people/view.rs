//! Draws the lists: two panes side by side where there is room, else one. Only the rows on the screen are made into words.

mod detail;
mod import;

use super::buttons;
use super::item::Item;
use super::lists::Pane;
use super::model::{Model, Over, Typing};
use super::over::label;
use super::press::no_assignments;
use super::staging::Via;
use super::update::panes;
use crate::okta::model::Readable;
use crate::people::LastSignIn;
use crate::text::{Clean, pad, thousands, time, width};
use crate::tui::command::CommandId as C;
use crate::tui::shared::{Remote, Shared, Work};
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::{Rows, page_of, rule};
use crate::tui::widgets::wrap::wrap;
use crate::tui::widgets::{heading, tabs, trouble};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// From how many columns on two panes stand side by side.
const TWO: usize = 100;

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let mut page = heading::page(shared, theme, explain(model));
    if model.button.is_some() && shared.notice.is_none() {
        let whom = match (model.marked.is_empty(), model.here(shared)) {
            (true, Some(item)) => format!("for {}", item.name),
            (true, None) => "for nobody: the list is empty".into(),
            (false, _) => "for the marked rows".into(),
        };
        page.explain = format!("Assign and Remove are {whom}; nothing is written before the plan.");
    }
    let kind = if model.groups && model.pane != Pane::Review { "Groups" } else { "People" };
    let kind = if model.pane == Pane::Review { "Access review" } else { kind };
    page.title = format!("{} {} {kind}", page.title, theme.crumb());
    page.second = Line::raw(match &model.over {
        Some(Over::Person(_)) => " One person".to_owned(),
        Some(Over::Group(_)) => " One group".to_owned(),
        Some(Over::Why(_)) => " Why can, or cannot, this person sign in?".to_owned(),
        Some(Over::Import(_)) => " People from a file or a paste. Nothing is staged before Enter.".to_owned(),
        None => " Who may sign in. What you choose is staged; the plan writes it.".to_owned(),
    });
    if !model.marked.is_empty() && model.over.is_none() {
        page.explain_right = format!("{} marked", thousands(model.marked.len()));
    }
    page.hints = hints(model, shared);
    page
}

fn explain(model: &Model) -> &'static str {
    match (model.typing, &model.over, model.pane) {
        (Typing::Filter, ..) => "Letters of name, login or e-mail, in their order. Enter keeps the filter.",
        (Typing::Okta, ..) => "What login, e-mail or name begins with. Okta's search lags a few seconds.",
        (Typing::Path, ..) => "The path of a CSV or text file; a paste is taken as the list itself.",
        (Typing::UserName, ..) => "What this app is to call them (credentials.userName). Enter stages it.",
        (_, Some(Over::Why(_)), _) => "Read from the org; nobody signs in, and nothing is written.",
        (_, Some(Over::Import(_)), _) => "Enter stages everybody who is found and not assigned yet.",
        (_, Some(_), _) => "",
        (_, None, Pane::Review) => "Who has access, by which way, and when they last signed in to this app.",
        (_, None, _) => "Space marks, * marks all that match; a assigns, d removes what is marked.",
    }
}

fn hints(model: &Model, shared: &Shared) -> Vec<(C, &'static str)> {
    if model.typing != Typing::Nothing {
        return vec![(C::Back, "close, text stays")];
    }
    match &model.over {
        Some(Over::Person(_)) => {
            let mut hints = vec![(C::Down, "scroll"), (C::Add, "assign"), (C::Remove, "remove")];
            if shared.existing() {
                hints.extend([(C::Open, "username"), (C::Why, "why")]);
            }
            hints.extend([(C::Test, "test as them"), (C::Back, "back")]);
            return hints;
        }
        Some(Over::Group(_)) => return vec![(C::Down, "scroll"), (C::Back, "back"), (C::Help, "help")],
        Some(Over::Why(_)) => {
            return vec![
                (C::Down, "move"),
                (C::Fix, "fix"),
                (C::Copy, "copy"),
                (C::Again, "again"),
                (C::Plan, "plan"),
                (C::Back, "back"),
            ];
        }
        Some(Over::Import(import)) => {
            let mut hints = Vec::new();
            if import.rows() > 0 {
                hints.extend([(C::Down, "move"), (C::Open, "stage those found"), (C::Export, "save as CSV")]);
            }
            hints.extend([(C::Import, "another list"), (C::Back, "back")]);
            return hints;
        }
        None => {}
    }
    if model.button.is_some() {
        return vec![
            (C::Open, "press"),
            (C::Right, "choose"),
            (C::Next, "to the lists"),
            (C::Back, "to the list"),
        ];
    }
    let mut hints = Vec::new();
    if model.len() > 0 {
        hints.push((C::Mark, "mark"));
        if model.pane != Pane::Assigned && model.pane != Pane::Review {
            hints.push((C::Add, "assign"));
        }
        if model.pane != Pane::Available {
            hints.push((C::Remove, "remove"));
        }
        hints.push((C::Open, "detail"));
        if shared.existing() && !model.groups {
            hints.push((C::Why, "why"));
        }
    }
    hints.push((C::Filter, "filter"));
    match model.pane {
        Pane::Review => hints.extend([(C::View, model.only.next().words()), (C::Export, "save")]),
        Pane::Available | Pane::Assigned => {
            hints.push((C::View, if model.groups { "people" } else { "groups" }));
        }
    }
    hints.extend([(C::Next, "next list"), (C::Plan, "plan"), (C::Import, "import"), (C::Help, "help")]);
    if model.pane == Pane::Available {
        hints.push((C::AskOkta, "ask Okta"));
    }
    hints
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
    let mut out = Rows::new(area);
    let Some(work) = &shared.work else {
        return out.push(frame, Line::raw(" There is no app under way. Go back and choose one."));
    };
    match &model.over {
        Some(Over::Import(import)) => {
            field(model, frame, &mut out, theme);
            return import.draw(frame, &mut out, theme);
        }
        Some(over) => return draw_over(model, over, frame, &mut out, shared, theme),
        None => {}
    }
    let two = out.cells() >= TWO && model.pane != Pane::Review;
    out.push(frame, tab_line(model, shared, theme, out.cells()));
    search_line(model, frame, &mut out, shared, theme);
    let foot = 4;
    let body = out.left().saturating_sub(foot);
    let Some(place) = out.next(body) else { return };
    if two {
        let half = place.width / 2;
        let left = Rect { width: half.saturating_sub(1), ..place };
        let right = Rect { x: place.x + half, width: place.width - half, ..place };
        draw_list(model, Pane::Available, frame, left, shared, theme);
        draw_list(model, Pane::Assigned, frame, right, shared, theme);
    } else {
        draw_list(model, model.pane, frame, place, shared, theme);
    }
    draw_foot(model, frame, &mut out, shared, work, theme);
}

fn draw_over(model: &Model, over: &Over, frame: &mut Frame, out: &mut Rows, shared: &Shared, theme: Theme) {
    let cells = out.cells();
    let (lines, scroll) = match over {
        Over::Person(view) => (view.lines(shared, theme, cells), view.scroll),
        Over::Group(view) => (view.lines(shared, theme, cells), view.scroll),
        Over::Why(view) => (view.lines(&label(shared), theme, cells), 0),
        Over::Import(_) => return,
    };
    if model.typing == Typing::UserName {
        field(model, frame, out, theme);
    }
    let scroll = scroll.min(lines.len().saturating_sub(out.left()));
    for line in lines.into_iter().skip(scroll) {
        out.push(frame, line);
    }
}

/// The open field of a path, of Okta's search, of a username.
fn field(model: &Model, frame: &mut Frame, out: &mut Rows, theme: Theme) {
    let head = match model.typing {
        Typing::Okta => "ask Okta",
        Typing::Path => "file",
        Typing::UserName => "username",
        Typing::Nothing | Typing::Filter => return,
    };
    let Some(row) = out.next(1) else { return };
    let head = format!(" {} {head}: ", theme.marker());
    let used = width(&head);
    let (shown, column) = model.field.shown(usize::from(row.width).saturating_sub(used + 1));
    frame.render_widget(Line::from(vec![Span::styled(head, theme.key()), Span::raw(shown)]), row);
    let x = row.x.saturating_add(u16::try_from(used + column).unwrap_or(0));
    frame.set_cursor_position((x.min(row.right().saturating_sub(1)), row.y));
}

fn tab_line(model: &Model, shared: &Shared, theme: Theme, cells: usize) -> Line<'static> {
    let names: Vec<String> = panes(shared)
        .iter()
        .map(|pane| {
            let n = model.lists.all(&shared.directory, *pane, model.groups);
            match pane {
                Pane::Available if shared.directory.loading => format!("Available {}+", thousands(n)),
                Pane::Available => format!("Available {}", thousands(n)),
                Pane::Assigned => format!("Assigned {}", thousands(n)),
                Pane::Review => "Review".to_owned(),
            }
        })
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let open = panes(shared).iter().position(|p| *p == model.pane).unwrap_or(0);
    tabs::line(theme, &names, open, cells)
}

/// What narrows the list, and by whom it is searched.
fn search_line(model: &Model, frame: &mut Frame, out: &mut Rows, shared: &Shared, theme: Theme) {
    if model.typing == Typing::Okta {
        return field(model, frame, out, theme);
    }
    let Some(row) = out.next(1) else { return };
    let shown = model.len();
    let all = model.lists.all(&shared.directory, model.pane, model.groups);
    let loaded = if shared.directory.loading { "still being read" } else { "all loaded" };
    if let Some(found) = model.found.as_ref().filter(|_| model.pane == Pane::Available) {
        let text = Clean::new(&found.text);
        let said = if found.asking {
            format!(" Okta's search for \"{text}\": asking. Esc stops.")
        } else {
            format!(
                " Okta's search for \"{text}\": {} found, begins with; lags seconds. Esc: all",
                thousands(shown)
            )
        };
        return frame.render_widget(Line::styled(said, theme.text()), row);
    }
    if model.typing == Typing::Filter {
        let (text, column) = model.filter.shown(24);
        let count = format!("  {} of {}", thousands(shown), thousands(all));
        let line = Line::from(vec![
            Span::styled(" filter: ", theme.key()),
            Span::raw(text),
            Span::styled(count, theme.quiet()),
        ]);
        frame.render_widget(line, row);
        frame.set_cursor_position((row.x + 9 + u16::try_from(column).unwrap_or(0), row.y));
        return;
    }
    let said = match (model.filter.text(), model.pane) {
        ("", Pane::Review) => format!(" {}: {}", model.only.words(), thousands(shown)),
        ("", Pane::Available) => format!(" / filters what is loaded ({loaded}), \\ asks Okta"),
        ("", Pane::Assigned) => " / filters this list".to_owned(),
        (text, Pane::Available) => format!(
            " filter: {}  {} of {}, {loaded}, matched here",
            Clean::new(text),
            thousands(shown),
            thousands(all)
        ),
        (text, _) => format!(" filter: {}  {} of {}", Clean::new(text), thousands(shown), thousands(all)),
    };
    frame.render_widget(Line::styled(said, theme.quiet()), row);
}

/// The widths of a list's columns.
struct Columns {
    name: usize,
    login: usize,
    status: usize,
    last: usize,
    via: usize,
}

impl Columns {
    fn of(cells: usize, review: bool) -> Self {
        let (status, last) = match (review, cells) {
            (true, _) => (11, 14),
            (false, ..70) => (0, 0),
            (false, 70..92) => (14, 0),
            (false, _) => (14, 14),
        };
        let via = if review { (cells.saturating_sub(33) / 4).clamp(9, 30) } else { 9 };
        let gaps = 3 + usize::from(last > 0);
        let rest = cells.saturating_sub(4 + status + last + via + gaps);
        let name = (rest * 2 / 5).clamp(8, 32);
        Self { name, login: rest.saturating_sub(name).clamp(8, 44), status, last, via }
    }

    fn line(&self, cells: &[&str; 5]) -> String {
        let widths = [self.name, self.login, self.status, self.last, self.via];
        let parts = widths.iter().zip(cells).filter(|(w, _)| **w > 0).map(|(w, text)| pad(text, *w));
        parts.collect::<Vec<_>>().join(" ")
    }
}

fn draw_list(model: &Model, pane: Pane, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
    let mut out = Rows::new(area);
    let found = model.found.as_ref();
    let len = model.lists.len(pane, model.groups, found);
    let review = pane == Pane::Review;
    let columns = Columns::of(out.cells(), review);
    let heads = match (review, model.groups) {
        (true, _) => ["Name", "Login", "Status", "Last, this app", "By"],
        (false, false) => ["Name", "Login", "Status", "Last sign-in", "Via"],
        (false, true) => ["Group", "Description", "Members", "", "Via"],
    };
    out.push(frame, Line::styled(format!("    {}", columns.line(&heads)), theme.quiet()));
    for line in above(model, pane, shared, theme, out.cells()) {
        out.push(frame, line);
    }
    if len == 0 {
        for line in wrap(&empty(model, pane, shared), out.cells().saturating_sub(4)) {
            out.push(frame, Line::styled(format!("   {line}"), theme.quiet()));
        }
        return;
    }
    let focused = pane == model.pane && model.button.is_none();
    let cursor = model.lists.cursor(pane).min(len - 1);
    let room = out.left();
    for at in page_of(cursor, len, room) {
        let entry = model.lists.entry(pane, model.groups, found, at);
        let Some((entry, who)) = entry.and_then(|e| Some((e, model.who(shared, e)?))) else { continue };
        let item = who.item(&model.lists.standing);
        let marked = if model.marked.contains(&who.mark()) { "*" } else { " " };
        let marker = if focused && at == cursor { theme.marker() } else { " " };
        // The row under the cursor is told by its marker alone: a key that moves it changes two cells.
        let style = match item.via {
            Via::Added => theme.good(),
            Via::Removed => theme.warn(),
            _ if !item.able => theme.quiet(),
            _ => theme.text(),
        };
        let text = row(model, &columns, &item, entry, shared);
        // Only the marker moves: over a slow link a key costs a few bytes, not two rows.
        let head = Span::styled(format!(" {marker}{marked} "), theme.focus());
        out.push(frame, Line::from(vec![head, Span::styled(text, style)]));
    }
}

fn row(model: &Model, columns: &Columns, item: &Item, entry: super::item::Entry, shared: &Shared) -> String {
    if let super::item::Entry::Reviewed(at) = entry
        && let Some(access) = model.review.value().and_then(|r| r.rows.get(at as usize))
    {
        let by = if item.via == Via::Removed { Via::Removed.words().into() } else { access.ways.words() };
        let last = match access.last {
            LastSignIn::At(at) => time::ago(at, shared.now),
            LastSignIn::NoneSince(since) => {
                format!("not in {} days", shared.now.duration_since(since).as_hours() / 24)
            }
            LastSignIn::NotRead => "not readable".into(),
        };
        return columns.line(&[&item.name, &item.login, &item.status, &last, &by]);
    }
    let last = item.last_words(shared.now);
    columns.line(&[&item.name, &item.login, &item.status, &last, item.via.words()])
}

/// What must be said above a list: that it is not whole.
fn above(model: &Model, pane: Pane, shared: &Shared, theme: Theme, cells: usize) -> Vec<Line<'static>> {
    match pane {
        Pane::Available => {
            if let Some(t) = &model.trouble {
                return trouble::lines(theme, "FAIL", t, "", cells);
            }
            unread(shared, model.groups)
                .map(|words| wrap(&words, cells.saturating_sub(4)))
                .unwrap_or_default()
                .into_iter()
                .map(|line| Line::styled(format!("   {line}"), theme.warn()))
                .collect()
        }
        Pane::Review => match &model.review {
            Remote::Ready(review) => review
                .notes
                .iter()
                .flat_map(|note| wrap(note, cells.saturating_sub(4)))
                .map(|line| Line::styled(format!("   {line}"), theme.warn()))
                .collect(),
            Remote::Failed(t, _) => trouble::lines(theme, "FAIL", t, "r reads again.", cells),
            Remote::Idle | Remote::Loading => Vec::new(),
        },
        Pane::Assigned => Vec::new(),
    }
}

/// Why people or groups cannot be listed, in words: *forbidden* is not *empty*.
fn unread(shared: &Shared, groups: bool) -> Option<String> {
    if groups {
        return match &shared.directory.groups {
            Readable::Forbidden(e) => Some(format!("You may not see the groups: {e}.")),
            Readable::Failed(e) => Some(format!("The groups could not be read: {e}. r reads again.")),
            Readable::Known(_) | Readable::NotAsked => None,
        };
    }
    let trouble = shared.directory.trouble.as_ref()?;
    Some(format!("People could not be read to the end: {} {} r reads again.", trouble.what, trouble.help))
}

fn empty(model: &Model, pane: Pane, shared: &Shared) -> String {
    let loaded = shared.work.as_ref().map(|w| &w.loaded);
    match pane {
        Pane::Review => match (&model.review, model.reading) {
            (Remote::Loading, Some((done, 0))) => {
                format!("Reading who has access: {done} so far. Esc stops.")
            }
            (Remote::Loading, Some((done, all))) => {
                format!("Reading who has access: {done} of {all}. Esc stops.")
            }
            (Remote::Loading | Remote::Idle, _) => {
                "Reading who has access: people, groups, the System Log. Esc stops.".into()
            }
            (Remote::Failed(..), _) => String::new(),
            (Remote::Ready(_), _) if !model.filter.text().is_empty() => "Nobody matches.".into(),
            (Remote::Ready(_), _) => format!("Nobody: {}.", model.only.words()),
        },
        _ if !model.filter.text().trim().is_empty()
            && model.lists.all(&shared.directory, pane, model.groups) > 0 =>
        {
            "Nothing that is loaded matches. \\ asks Okta, which also knows the deactivated.".into()
        }
        Pane::Available if model.found.as_ref().is_some_and(|f| !f.asking) => "Okta found nobody.".into(),
        Pane::Available if model.found.is_some() || shared.directory.loading => String::new(),
        Pane::Available if unread(shared, model.groups).is_some() => {
            "This list cannot be shown. \\ asks Okta by name; step 4 takes names as they are.".into()
        }
        Pane::Available => "There is nobody here.".into(),
        Pane::Assigned => match loaded {
            Some(Remote::Loading) => "Reading who is assigned.".into(),
            Some(Remote::Failed(t, _)) => format!("Who is assigned could not be read: {}", t.what),
            Some(Remote::Ready(l)) => {
                let error = if model.groups { l.groups.error() } else { l.users.error() };
                match error {
                    Some(e) => format!("Who is assigned may not be read with this token: {e}."),
                    None => "Nobody is assigned.".into(),
                }
            }
            _ => "Nobody is assigned yet: a on the other list assigns.".into(),
        },
    }
}

fn draw_foot(model: &Model, frame: &mut Frame, out: &mut Rows, shared: &Shared, _work: &Work, theme: Theme) {
    out.push(frame, rule(theme, out.cells()));
    if let Some(why) = no_assignments(shared) {
        for line in wrap(why, out.cells().saturating_sub(2)) {
            out.push(frame, Line::styled(format!(" {line}"), theme.warn()));
        }
        return;
    }
    let tally = &model.lists.tally;
    let words = tally.words();
    if words.is_empty() {
        out.push(frame, Line::styled(" Nothing is staged.".to_owned(), theme.quiet()));
        out.gap();
    } else {
        out.push(frame, Line::styled(format!(" Staged: {words}"), theme.title()));
        out.push(frame, Line::styled(format!(" {}", tally.cost(shared)), theme.quiet()));
    }
    let mut spans = Vec::new();
    for (at, (text, _)) in buttons::all(model).into_iter().enumerate() {
        let here = model.button == Some(at);
        let marker = if here { theme.marker() } else { " " };
        let style = if here { theme.focus() } else { theme.text() };
        spans.push(Span::styled(format!("{marker}[ {text} ]"), style));
    }
    out.push(frame, Line::from(spans));
}
