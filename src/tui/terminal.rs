//! The terminal, taken and given back whole: raw mode, alternate screen, bracketed paste, cursor. Nothing else writes escape
//! sequences to it. No terminal query is ever sent: the size comes from the system.

use crate::secret::Secret;
use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::backend::CrosstermBackend;
use std::io::{self, BufWriter, Stdout, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the terminal is ours at this moment; global because the panic hook must know it.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Where frames go: standard output behind a buffer that holds a whole frame, so that a frame is one write.
pub type Out = BufWriter<Stdout>;

/// ratatui's terminal on [`Out`].
pub type Screen = ratatui::Terminal<CrosstermBackend<Out>>;

/// How much a frame may take before it is written in parts.
const FRAME: usize = 64 * 1024;

/// The terminal while it is ours. Dropping it gives it back.
pub struct Terminal {
    screen: Screen,
}

impl Terminal {
    /// Takes the terminal.
    ///
    /// # Errors
    /// Standard output is no terminal.
    pub fn take() -> io::Result<Self> {
        // crossterm writes a full reset for every colour when NO_COLOR is set, and the attributes of our theme for it would be lost.
        crossterm::style::force_color_output(true);
        install_panic_hook();
        let out = BufWriter::with_capacity(FRAME, io::stdout());
        let mut terminal = Self { screen: ratatui::Terminal::new(CrosstermBackend::new(out))? };
        terminal.enter()?;
        Ok(terminal)
    }

    /// ratatui's terminal.
    pub fn screen(&mut self) -> &mut Screen {
        &mut self.screen
    }

    /// Draws one frame: one write, inside a synchronized update.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn draw(&mut self, draw: impl FnOnce(&mut ratatui::Frame)) -> io::Result<()> {
        queue!(self.screen.backend_mut(), BeginSynchronizedUpdate)?;
        self.screen.draw(draw)?;
        queue!(self.screen.backend_mut(), EndSynchronizedUpdate)?;
        Write::flush(self.screen.backend_mut())
    }

    fn enter(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        queue!(self.screen.backend_mut(), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)
    }

    /// Takes it again after [`Terminal::leave`]; the next frame draws everything.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn again(&mut self) -> io::Result<()> {
        self.enter()?;
        self.redraw()
    }

    /// Lets the next frame draw everything.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn redraw(&mut self) -> io::Result<()> {
        queue!(self.screen.backend_mut(), Clear(ClearType::All))?;
        // Not ratatui's `clear`, which asks the terminal for the cursor's place.
        self.screen.swap_buffers();
        self.screen.current_buffer_mut().reset();
        self.screen.swap_buffers();
        Ok(())
    }

    /// Gives it back. Doing so twice does nothing.
    pub fn leave(&mut self) {
        let _ = Write::flush(self.screen.backend_mut());
        give_back();
    }

    /// Sends a value to the terminal's clipboard (OSC 52). A terminal may ignore it and never says so.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn copy(&mut self, value: &Secret) -> io::Result<()> {
        execute!(self.screen.backend_mut(), CopyToClipboard::to_clipboard_from(value.expose().as_bytes()))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Gives the terminal back if it is ours: every mode that was switched on is switched off, also one that a torn frame left on.
fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // A terminal that is gone (a dropped link) takes nothing any more; there is nobody to tell.
    let _ = execute!(
        io::stdout(),
        EndSynchronizedUpdate,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
}

/// A panic in any thread or task gives the terminal back, says where it was, and ends the program: tokio would otherwise catch it in a
/// task, and the loop would go on drawing over the shell.
fn install_panic_hook() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            give_back();
            let place =
                panic.location().map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
            // Not the panic's message: it may hold what a server sent.
            eprintln!(
                "oktui crashed{place}. Your draft and the journal are on disk: start oktui again to go on."
            );
            std::process::exit(101);
        }));
    });
}
