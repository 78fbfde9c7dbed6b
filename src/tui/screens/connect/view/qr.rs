//! The code of a device sign-in: to be typed, and as a QR code for a phone's camera.

use crate::run::job::DeviceCode;
use crate::tui::theme::Theme;
use crate::tui::widgets::qr;
use crate::tui::widgets::rows::Rows;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Draws what to type at the left, and the QR code at the right where it fits: half a code is none.
pub(super) fn draw(code: &DeviceCode, frame: &mut Frame, area: Rect, theme: Theme) {
    let words = [
        Line::raw(" Open in any browser:"),
        Line::raw(format!("   {}", code.url)),
        Line::raw(" and enter the code:"),
        Line::from(vec![Span::raw("   "), Span::styled(code.user_code.to_string(), theme.title())]),
        Line::raw(""),
        Line::raw(format!(" It is good for {} minutes.", code.minutes)),
    ];
    let words_wide = words.iter().map(Line::width).max().unwrap_or(0);
    if let Some(url) = code.url_with_code.as_ref().filter(|_| !theme.ascii()) {
        qr::beside(url.as_str(), words_wide, frame, area);
    }
    // Two rows lower, the line that says what is connected to stands above.
    let mut out = Rows::new(area);
    out.gap();
    out.gap();
    for line in words {
        out.push(frame, line);
    }
}
