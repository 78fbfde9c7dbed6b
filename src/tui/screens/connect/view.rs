//! Draws Connect.

mod qr;

use super::model::{Connecting, Model, Row, Way};

use crate::text::{Clean, pad, width};
use crate::tui::command::CommandId as C;
use crate::tui::shared::Shared;
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::{Rows, button};
use crate::tui::widgets::{heading, trouble};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let mut page = heading::page(shared, theme, explain(model));
    page.title = "Connect an org".into();
    page.badges.clear();
    page.second = Line::raw(match model.way {
        Way::Token if model.vault => {
            " An org's URL and an API token: typed, or from the vault by its passphrase."
        }
        Way::Token => " An org's URL and an API token. The token is kept in memory only.",
        Way::Service => " An org's URL and a service app's key. The key stays in its file.",
        Way::Device => " An org's URL and a native app. You sign in with any browser.",
    });
    page.hints = if model.connecting.is_some() {
        vec![(C::Cancel, "stop"), (C::Back, "stop and go back")]
    } else if model.open {
        vec![(C::Next, "next field"), (C::Back, "stop editing, text stays")]
    } else {
        vec![
            (C::Open, "open, switch"),
            (C::Next, "next"),
            (C::Back, "back"),
            (C::Help, "help"),
            (C::Quit, "quit"),
        ]
    };
    page
}

fn explain(model: &Model) -> &'static str {
    match (&model.connecting, model.row) {
        (Some(Connecting::Org(_)), _) if model.code.is_some() => {
            "Waits until you have approved it on Okta's page."
        }
        (Some(Connecting::Org(_)), _) => "Nothing is written.",
        (Some(Connecting::Demo), _) => "Nothing is written.",
        (None, Row::Way) => "Left and Right choose how you sign in.",
        (None, Row::ClientId) if model.way == Way::Service => {
            "An API Services app's. oktui login new-key makes its key. Enter goes on."
        }
        (None, Row::ClientId) => "A Native app's, with the grant Device Authorization. Enter connects.",
        (None, Row::Key) => "The file of the private key: PEM or JWK. Enter connects.",
        (None, Row::Url) => "As in the Admin Console's address bar; oktui puts it right.",
        (None, Row::Passphrase) => "Of the vault: with no token above, it gives it; with one, it keeps it.",
        (None, Row::Token) => "Made in Okta under Security > API > Tokens. Enter connects.",
        (None, Row::Label) => "A name for your list of orgs; its host when you leave it empty.",
        (None, Row::Prod) => "In a production org changes must be typed to confirm them.",
        (None, Row::ReadOnly) => "Read-only: no write is possible at all.",
        (None, Row::Connect) => "Asks the org what it is, and who you are there.",
        (None, Row::Demo) => "A built-in Okta: no account, no network, nothing stays.",
    }
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, _shared: &Shared, theme: Theme) {
    let mut out = Rows::new(area);
    if let Some(connecting) = &model.connecting {
        out.gap();
        let text = match connecting {
            Connecting::Demo => " Opening the demo org …".to_owned(),
            Connecting::Org(url) => format!(" Connecting to {} …", Clean::new(url)),
        };
        out.push(frame, text);
        if let Some(code) = &model.code {
            qr::draw(code, frame, area, theme);
        }
        return;
    }
    out.gap();
    for row in model.rows() {
        if matches!(row, Row::Connect | Row::Prod) {
            out.gap();
        }
        draw_row(model, row, frame, &mut out, theme);
    }
    out.gap();
    let cells = out.cells();
    if let Some(missing) = model.missing {
        out.push(frame, Line::styled(format!(" WARN  {missing}"), theme.warn()));
    }
    if let Some(trouble) = &model.trouble {
        let again = model.way == Way::Token && model.token.text().is_empty() && !model.url.text().is_empty();
        let given = if again { "The token was not kept: give it again." } else { "" };
        for line in trouble::lines(theme, "FAIL", trouble, given, cells) {
            out.push(frame, line);
        }
    }
}

fn draw_row(model: &Model, row: Row, frame: &mut Frame, out: &mut Rows, theme: Theme) {
    let on = model.row == row;
    let marker = if on { theme.marker() } else { " " };
    let style = if on { theme.focus() } else { theme.text() };
    let name = match row {
        Row::Way => "Sign in by",
        Row::Url => "Org URL",
        Row::ClientId => "Client ID",
        Row::Key => "Key file",
        Row::Token => "API token",
        Row::Passphrase => "Passphrase",
        Row::Label => "Name",
        Row::Prod => "Production",
        Row::ReadOnly => "Read-only",
        Row::Connect => return out.push(frame, button(theme, "Connect", on)),
        Row::Demo => return out.push(frame, button(theme, "Open the demo org instead", on)),
    };
    let field = match row {
        Row::Url => Some(&model.url),
        Row::Token => Some(&model.token),
        Row::Passphrase => Some(&model.passphrase),
        Row::ClientId => Some(&model.client_id),
        Row::Key => Some(&model.key),
        Row::Label => Some(&model.label),
        _ => None,
    };
    let Some(area) = out.next(1) else { return };
    let head = format!(" {marker} {}", pad(name, 12));
    let mut spans = vec![Span::styled(head.clone(), style)];
    match field {
        Some(field) => {
            let cells = usize::from(area.width).saturating_sub(width(&head) + 4).min(60);
            let (shown, column) = field.shown(cells);
            let (left, right) = if on && model.open { ("[", "]") } else { (" ", " ") };
            if on && model.open {
                let x = area.x + u16::try_from(width(&head) + 1 + column).unwrap_or(0);
                frame.set_cursor_position((x.min(area.right().saturating_sub(1)), area.y));
            }
            let empty = field.text().is_empty() && !(on && model.open);
            let shown = if empty { pad("-", cells) } else { shown };
            spans.push(Span::raw(left));
            spans.push(Span::raw(shown));
            spans.push(Span::raw(right));
        }
        None if row == Row::Way => {
            for (way, name) in Way::ALL {
                let mark = if model.way == way { "[x]" } else { "[ ]" };
                spans.push(Span::raw(format!(" {mark} {name} ")));
            }
        }
        None => {
            let is = if row == Row::Prod { model.prod } else { model.read_only };
            spans.push(Span::raw(if is { " [x] yes" } else { " [ ] no" }));
        }
    }
    frame.render_widget(Line::from(spans), area);
}
