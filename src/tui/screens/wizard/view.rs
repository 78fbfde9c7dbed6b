//! Draws the wizard.

use super::model::{Id, Model, step, title};
use super::update::{reasons, remedies, removable};
use crate::setup::{AccessMode, Check, Field as About, Severity, Target};
use crate::text::{cut_end, pad, plural};
use crate::tui::command::CommandId as C;
use crate::tui::shared::{Shared, Work};
use crate::tui::theme::Theme;
use crate::tui::widgets::form::{self, Form, Said, safe};
use crate::tui::widgets::page::Page;
use crate::uri::marked;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// From this width on the steps stand in a pane at the left as well.
const TWO_PANES: u16 = 100;
/// The left pane's width.
const PANE: u16 = 28;

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let mut page =
        Page { second: rail(model, shared, theme), hints: hints(model, shared), ..Page::default() };
    if let Some(session) = &shared.session {
        page.badges.extend(session.demo.as_ref().map(|_| ("DEMO".to_owned(), theme.badge())));
        if session.prod {
            page.badges.push(("PROD".to_owned(), theme.bad()));
        }
        if session.read_only {
            page.badges.push(("read-only".to_owned(), theme.quiet()));
        }
    }
    if let Some(bucket) = shared.tightest() {
        page.badges.push((format!("{} {}/{}", bucket.name, bucket.remaining, bucket.limit), theme.quiet()));
    }
    let Some(work) = &shared.work else {
        page.title = "oktui".into();
        page.second = Line::default();
        return page;
    };
    let host = work.draft.org_url.split("://").last().unwrap_or_default();
    let new = if work.draft.target == Target::New { " (new)" } else { "" };
    page.title = format!("{} {} {}{new}", safe(host), theme.crumb(), safe(&work.draft.setup.app.name));
    let staged = staged(model, work);
    if staged > 0 {
        page.badges.push((format!("{staged} staged"), theme.text()));
    }
    page.explain = shared.notice.clone().unwrap_or_else(|| explain(model, shared));
    if let Some(saved) = work.saved {
        let time = crate::text::time::clock(saved);
        page.explain_right = format!("saved {time}");
    }
    if let Some(pid) = work.held_by {
        page.explain_right = format!("open in process {pid}: read-only");
    }
    page
}

/// How many things the draft would change, as far as this screen knows; the plan counts its own changes.
fn staged(model: &Model, work: &Work) -> usize {
    let (now, asks) = (&work.draft.setup, work.draft.asks.len());
    let Some(loaded) = work.loaded.value() else {
        let new = usize::from(work.draft.target == Target::New);
        return new + asks + new * (now.access.people.len() + now.access.groups.len());
    };
    let then = &loaded.setup;
    let fields = [
        now.app.name != then.app.name,
        now.app.logo != then.app.logo,
        now.app.client_authentication != then.app.client_authentication,
        now.app.pkce_required != then.app.pkce_required,
        now.grants != then.grants,
        now.access.mode != then.access.mode,
    ];
    let uris = now.redirect_uris.iter().filter(|r| then.redirect_uris.iter().all(|t| t.uri != r.uri)).count();
    let outs = now.sign_out.uris.iter().filter(|u| !then.sign_out.uris.contains(u)).count();
    fields.iter().filter(|f| **f).count() + uris + outs + model.tally.people + model.tally.groups + asks
}

fn rail(model: &Model, shared: &Shared, theme: Theme) -> Line<'static> {
    let now = usize::from(step(shared));
    let mut spans = Vec::new();
    for (i, (name, state)) in
        ["Basic", "Grants", "Redirects", "Access", "Auth"].iter().zip(model.rail()).enumerate()
    {
        let here = i + 1 == now;
        spans.push(Span::raw(if here { theme.marker() } else { " " }));
        let style = if here { theme.focus() } else { theme.text() };
        spans.push(Span::styled(format!("{} {name} ", i + 1), style));
        spans.push(Span::styled(state.word(), theme.state(state.word())));
        spans.push(Span::raw(" "));
    }
    spans.push(Span::raw(" p Plan"));
    Line::from(spans)
}

/// What the focused row means, in a sentence.
fn explain(model: &Model, shared: &Shared) -> String {
    let editing = if model.open.is_some() { "EDIT  " } else { "" };
    let Some(work) = &shared.work else { return String::new() };
    let setup = &work.draft.setup;
    let words = match model.focused(shared) {
        Some(Id::Name) => "What people and admins see in Okta.".to_owned(),
        Some(Id::EditThatApp) => "Opens the app that exists instead of making a second one.".into(),
        Some(Id::Logo) => "A PNG, JPG, GIF or SVG under 1 MB on this machine; may stay empty.".into(),
        Some(Id::Code) => "The grant that people sign in with; a web application must have it.".into(),
        Some(Id::Refresh) => "Lets the gateway renew access; needs the scope offline_access too.".into(),
        Some(Id::Rotation(_)) => "Whether each use of a refresh token gives a new one.".into(),
        Some(Id::Leeway) => "How long a used refresh token stays good: 0 to 60 seconds.".into(),
        Some(Id::Method(_)) => "Has to be what the gateway does, or Okta refuses its secret.".into(),
        Some(Id::Pkce) => "Required: Okta refuses a sign-in that comes without PKCE.".into(),
        Some(Id::Environment(_)) => "A name of yours for this environment of the gateway.".into(),
        Some(Id::Uri(at)) => {
            let name = setup.redirect_uris.get(at).map(|r| safe(&r.environment)).unwrap_or_default();
            format!("{name}: where that gateway receives the code.")
        }
        Some(Id::Known(_)) => "This gateway's callback is known and has no row yet.".into(),
        Some(Id::AddUri) => "One row for each environment of the gateway.".into(),
        Some(Id::SignOut(_) | Id::AddSignOut) => {
            "Where Okta sends people after sign-out; may stay empty.".into()
        }
        Some(Id::Removed(_)) => "The plan takes this one away; u or Enter keeps it.".into(),
        Some(Id::Mode(_)) => "Who may sign in through this app.".into(),
        Some(Id::Choose) => "Lists of people and groups: mark, assign, remove.".into(),
        Some(Id::Yourself) => "You can test before anybody else is let in.".into(),
        Some(Id::Person(_) | Id::Group(_)) => "Will have access. d stages the removal.".into(),
        Some(Id::AddPerson) => "A login, such as ana@acme.com.".into(),
        Some(Id::AddGroup) => "The name of a group, as it stands in Okta.".into(),
        Some(Id::Server(_)) => "Issues the tokens. Each choice is asked whether it is there.".into(),
        Some(Id::OtherServer) => "The id of a custom server, such as aus1a2b3c4d5e6f7g8h9.".into(),
        Some(Id::Scope(_)) => "What the gateway asks for. Space switches it.".into(),
        Some(Id::OwnScope) => "A scope of this server that is not listed above.".into(),
        Some(Id::Policy) => "Without a policy that covers the client, every sign-in fails.".into(),
        Some(Id::ApiScopes) => "That tab of the app needs nothing here; w says why.".into(),
        Some(Id::Value(_)) => "For the gateway's form; all six are on the values screen (m).".into(),
        Some(Id::McpName(_) | Id::McpUrl(_) | Id::AddMcp) => {
            "For your notes: nothing of it goes to Okta.".into()
        }
        Some(Id::Next) => "Nothing is written before the plan.".into(),
        None => String::new(),
    };
    format!("{editing}{words}")
}

fn hints(model: &Model, shared: &Shared) -> Vec<(C, &'static str)> {
    if model.open.is_some() {
        return vec![(C::Open, "keep, next field"), (C::Back, "stop editing, text stays"), (C::Next, "next")];
    }
    if shared.work.is_none() {
        return vec![(C::Open, "back"), (C::Help, "")];
    }
    let (fix, accept, why) = remedies(model, shared);
    let mut hints = vec![(C::Open, "open")];
    for (offered, hint) in [
        (fix, (C::Fix, "fix")),
        (accept, (C::Accept, "accept")),
        (why, (C::Why, "why")),
        (removable(model, shared), (C::Remove, "remove")),
        (matches!(step(shared), 3 | 5), (C::Add, "add")),
    ] {
        if offered {
            hints.push(hint);
        }
    }
    let back = if step(shared) == 1 { "leave" } else { "step back" };
    hints.extend([
        (C::Down, "move"),
        (C::NextStep, "next step"),
        (C::PreviousStep, back),
        (C::Plan, "plan"),
        (C::Help, "keys"),
    ]);
    hints
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
    let area = area.intersection(frame.area());
    if area.is_empty() {
        return;
    }
    let mut body = area;
    if area.width >= TWO_PANES {
        let side = Rect { width: PANE, ..area };
        pane(model, frame, side, shared, theme);
        body = Rect { x: area.x + PANE, width: area.width - PANE, ..area };
    }
    let rows = model.rows(shared);
    let focus = model.focused(shared);
    let message = message(model, shared, usize::from(body.width).saturating_sub(20));
    let form = Form { rows: &rows, focus: focus.as_ref(), open: model.open.as_ref(), message: &message };
    form::draw(frame, body, &form, theme);
}

/// What is said about the focused row: the sentence, the difference with a mark below it, and the keys that help.
fn message(model: &Model, shared: &Shared, cells: usize) -> Vec<Said> {
    let said = |state, text: String, raw| Said { state, text, raw };
    if model.why {
        return reasons(model, shared).map(|r| said("", r, false)).into_iter().collect();
    }
    let (Some(check), Some(work)) = (model.check(shared), &shared.work) else { return Vec::new() };
    let mut out = vec![said(check.severity.word(), check.sentence.clone(), false)];
    if let (Some(expected), Some(value)) = (&check.expected, value(check, work)) {
        let [wanted, here, mark] = marked(expected, value, cells.saturating_sub(2));
        out.push(said("", format!("  gateway  {wanted}"), true));
        out.push(said("", format!("  here     {here}"), true));
        out.push(said("", format!("           {mark}"), true));
    }
    let mut keys = Vec::new();
    keys.extend(check.fix.as_ref().map(|f| format!("f {}", f.title)));
    if check.severity == Severity::Warn {
        keys.push("i accept it as it is".to_owned());
    }
    if check.why.is_some() || check.difference.is_some() {
        keys.push("w why".to_owned());
    }
    if !keys.is_empty() {
        let first = if model.open.is_some() { "Esc, then " } else { "" };
        out.push(said("", format!("({first}{})", keys.join(", ")), false));
    }
    out
}

fn value<'a>(check: &Check, work: &'a Work) -> Option<&'a str> {
    let setup = &work.draft.setup;
    match check.field {
        About::RedirectUri(at) => setup.redirect_uris.get(at).map(|r| r.uri.as_str()),
        About::SignOutUri(at) => setup.sign_out.uris.get(at).map(String::as_str),
        _ => None,
    }
}

/// The steps one below the other, each with what it holds.
fn pane(model: &Model, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
    let Some(work) = &shared.work else { return };
    let (setup, now) = (&work.draft.setup, step(shared));
    let cells = usize::from(area.width).saturating_sub(2);
    let holds = |step| match step {
        1 => safe(&setup.app.name),
        2 if setup.grants.refresh_token => "code, refresh token".to_owned(),
        2 => "code".to_owned(),
        3 => plural(setup.redirect_uris.len(), "redirect URI"),
        4 => match setup.access.mode {
            AccessMode::Controlled => {
                let people = setup.access.people.len();
                let words = if people == 1 { "1 person".to_owned() } else { format!("{people} people") };
                format!("{}, {words}", plural(setup.access.groups.len(), "group"))
            }
            AccessMode::Everyone => "everyone".to_owned(),
            AccessMode::Later => "nobody yet".to_owned(),
        },
        _ => format!(
            "{}, {}",
            safe(&setup.authorization_server.id),
            plural(setup.authorization_server.scopes.len(), "scope")
        ),
    };
    let mut lines = vec![Line::default()];
    for (at, state) in (1_u8..).zip(model.rail()) {
        let marker = if at == now { theme.marker() } else { " " };
        let style = if at == now { theme.focus() } else { Style::new() };
        let name = pad(&format!("{marker}{at} {}", title(at)), cells.saturating_sub(6));
        lines.push(Line::from(vec![
            Span::styled(name, style),
            Span::styled(state.word(), theme.state(state.word())),
        ]));
        lines.push(Line::styled(
            format!("   {}", cut_end(&holds(at), cells.saturating_sub(4))),
            theme.quiet(),
        ));
    }
    lines.push(Line::default());
    lines.push(Line::raw(" p Plan"));
    for (line, y) in lines.into_iter().zip(area.y..area.bottom()) {
        frame.render_widget(line, Rect { y, height: 1, ..area });
    }
}
