//! Draws Diagnose: the findings in order, and below them why, or the evidence.

use super::body;
use super::model::{Asks, Looked, Model, Tab};
use crate::diagnose::{Confidence, Finding, Rank};
use crate::flow::trace::Leg;
use crate::text::{cut_end, pad, plural};
use crate::tui::command::CommandId as C;
use crate::tui::shared::Shared;
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::{Rows, first_row};
use crate::tui::widgets::wrap::wrap;
use crate::tui::widgets::{heading, tabs, trouble};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Findings that are listed at once, above the text of one.
const LISTED: usize = 5;

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let explain = match (&model.asks, &model.looked) {
        (Some(Asks::File), _) => "A HAR of a browser or a proxy, up to 1 GiB; or a text. Enter opens it.",
        (Some(Asks::Text), _) => "A failed address, an error page's text, a JSON body, a token; then Enter.",
        (Some(Asks::Who), _) => "The login of the person who was refused, or nothing; Enter asks the org.",
        (None, Some(_)) if model.can_ask() && shared.session.is_none() => {
            "With the org connected, r would ask it what stands below as not asked."
        }
        (None, Some(_)) => "Secrets in it are masked. Another paste is looked at wherever you are.",
        (None, None) => "",
    };
    let mut page = heading::page(shared, theme, explain);
    page.title = "Diagnose".into();
    page.second = Line::raw(" Paste what failed. Nothing is sent anywhere, and no Okta account is needed.");
    if model.can_ask() && shared.session.is_some() {
        page.second = Line::raw(" Nothing is sent anywhere; r asks the org about it, by reads only.");
    }
    page.hints = hints(model, shared);
    page
}

fn hints(model: &Model, shared: &Shared) -> Vec<(C, &'static str)> {
    if model.asks.is_some() {
        return vec![(C::Back, "back")];
    }
    if model.reading.is_some() {
        return vec![(C::Back, "stop reading"), (C::Help, "")];
    }
    if model.asking {
        return vec![(C::Back, "stop asking"), (C::Right, ""), (C::Help, "")];
    }
    if model.looked.is_none() {
        return vec![(C::Add, "paste something"), (C::Diagnose, "open a HAR"), (C::Back, ""), (C::Help, "")];
    }
    let copy = if model.tab == Tab::Why { "message" } else { "copy the hops" };
    let other = if model.tab == Tab::Why { "evidence" } else { "why" };
    let mut hints = vec![
        (C::Open, if model.whole { "smaller" } else { "larger" }),
        (C::Right, other),
        (C::Copy, copy),
        (C::Export, "bundle"),
        (C::Add, "another"),
        (C::Diagnose, "open a HAR"),
        (C::Back, ""),
        (C::Help, ""),
    ];
    if model.finding().is_some_and(|finding| finding.fix.iter().any(|fix| fix.change.is_some())) {
        hints.insert(0, (C::Fix, "fix"));
    }
    if model.can_ask() && shared.session.is_some() {
        hints.insert(0, (C::Again, "ask the org"));
    }
    hints
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, theme: Theme) {
    let mut out = Rows::new(area);
    draw_field(model, frame, &mut out, theme);
    if let Some(what) = &model.trouble {
        let lines = trouble::lines(theme, "FAIL", what, "", out.cells());
        lines.into_iter().for_each(|line| out.push(frame, line));
        out.gap();
    }
    if let Some(what) = &model.reading {
        let text = cut_end(&format!("Reading {what} …"), out.cells().saturating_sub(2));
        out.push(frame, Line::styled(format!(" {text}"), theme.title()));
        return;
    }
    if model.asking {
        out.push(frame, Line::styled(" Asking the org …", theme.title()));
    }
    match &model.looked {
        None => draw_examples(frame, &mut out, theme),
        Some(looked) => draw_looked(model, looked, frame, &mut out, theme),
    }
}

fn draw_field(model: &Model, frame: &mut Frame, out: &mut Rows, theme: Theme) {
    let Some(asks) = model.asks else { return };
    let Some(row) = out.next(1) else { return };
    let name = match asks {
        Asks::Text => "paste",
        Asks::File => "file",
        Asks::Who => "login",
    };
    let (shown, column) = model.field.shown(usize::from(row.width).saturating_sub(12));
    frame.render_widget(
        Line::from(vec![
            Span::styled(format!(" {} {}[", theme.marker(), pad(name, 6)), theme.title()),
            Span::raw(shown),
            Span::raw("]"),
        ]),
        row,
    );
    let x = row.x + 10 + u16::try_from(column).unwrap_or(0);
    frame.set_cursor_position((x.min(row.right().saturating_sub(1)), row.y));
    out.gap();
}

fn draw_examples(frame: &mut Frame, out: &mut Rows, theme: Theme) {
    for line in [
        "For example",
        "  the address after a failed sign-in     https://…/oauth/callback?error=…",
        "  the address of Okta's sign-in page     https://…/v1/authorize?client_id=…",
        "  the text of Okta's error page          The 'redirect_uri' parameter must be …",
        "  the answer of the token endpoint       {\"error\": \"invalid_client\", …}",
        "  an error of the gateway's              outbound_auth_failed",
        "  a token, decoded here                  eyJ…",
        "  what curl -v printed                   > GET /oauth2/default/v1/authorize?…",
        "  an event of Okta's System Log          {\"eventType\": \"app.oauth2.as.…\", …}",
        "  the path of a capture of a browser     ~/Downloads/acme.okta.com.har",
    ] {
        out.push(frame, Line::styled(format!(" {line}"), theme.quiet()));
    }
}

fn draw_looked(model: &Model, looked: &Looked, frame: &mut Frame, out: &mut Rows, theme: Theme) {
    let cells = out.cells();
    if !model.whole {
        for line in wrap(&recognised(looked), cells.saturating_sub(2)) {
            out.push(frame, Line::styled(format!(" {line}"), theme.quiet()));
        }
        draw_findings(model, looked, frame, out, theme);
    }
    let hops = looked.evidence.hops.len();
    let evidence = if hops > 0 { format!("Evidence ({})", plural(hops, "hop")) } else { "Evidence".into() };
    let open = usize::from(model.tab == Tab::Evidence);
    out.push(frame, tabs::line(theme, &["Why", &evidence], open, cells));
    let lines = body::lines(model, cells.saturating_sub(2));
    let first = model.scroll.min(lines.len().saturating_sub(out.left()));
    let below = lines.len().saturating_sub(first + out.left());
    let room = out.left().saturating_sub(usize::from(below > 0));
    for text in lines.iter().skip(first).take(room) {
        let style = if text.title { theme.title() } else { theme.text() };
        out.push(frame, Line::styled(format!(" {}", text.text), style));
    }
    if below > 0 {
        let more = format!(" … {} below", plural(lines.len() - first - room, "line"));
        out.push(frame, Line::styled(more, theme.quiet()));
    }
}

/// What it is, what could not be read of it, and how many findings there are.
fn recognised(looked: &Looked) -> String {
    let diagnosis = &looked.diagnosis;
    let mut said = match diagnosis.recognised.as_slice() {
        [] => String::new(),
        kinds => format!("This is {}. ", kinds.join(", and ")),
    };
    for note in &diagnosis.notes {
        said.push_str(note);
        said.push(' ');
    }
    said.trim_end().to_owned()
}

fn draw_findings(model: &Model, looked: &Looked, frame: &mut Frame, out: &mut Rows, theme: Theme) {
    let findings = &looked.diagnosis.findings;
    let room = LISTED.min(findings.len());
    let first = first_row(model.cursor, findings.len(), room);
    for (at, finding) in findings.iter().enumerate().skip(first).take(room) {
        out.push(frame, finding_line(finding, at == model.cursor, out.cells(), theme));
    }
    if findings.len() > room {
        let more = format!("   {} of {}", model.cursor + 1, plural(findings.len(), "finding"));
        out.push(frame, Line::styled(more, theme.quiet()));
    }
}

fn finding_line(finding: &Finding, on: bool, cells: usize, theme: Theme) -> Line<'static> {
    let marker = if on { theme.marker() } else { " " };
    let look = match (finding.rank, finding.confidence) {
        (Rank::Practice | Rank::Remark, _) => theme.quiet(),
        (_, Confidence::Certain) => theme.bad(),
        (_, Confidence::Likely) => theme.warn(),
        _ => theme.quiet(),
    };
    let style = if on { theme.focus() } else { theme.text() };
    let room = cells.saturating_sub(14);
    Line::from(vec![
        Span::raw(format!(" {marker} ")),
        Span::styled(pad(finding.confidence.word(), 9), look),
        Span::styled(cut_end(&format!("{} · {}", short_place(finding), finding.headline), room), style),
    ])
}

/// `Leg 2, token`: the legs' long names stand below.
fn short_place(finding: &Finding) -> String {
    let leg = match finding.leg {
        Leg::ClientToGateway => "Leg 1",
        Leg::GatewayToOkta => "Leg 2",
        Leg::GatewayToTool => "Leg 3",
        Leg::GatewayPolicy => "Policy",
        Leg::Network => "Network",
        Leg::Unknown => "No leg",
    };
    match finding.step {
        Some(step) => format!("{leg}, {}", step.word()),
        None => leg.to_owned(),
    }
}
