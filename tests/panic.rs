//! A panic anywhere gives the terminal back, says where it was, and ends the program.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use support::Tui;

/// Not a test by itself: the program that the test below runs in a pseudo-terminal.
#[test]
fn crashing_program() {
    if std::env::var_os("OKTUI_TEST_CRASH").is_none() {
        return;
    }
    let mut terminal = oktui::tui::terminal::Terminal::take().unwrap();
    terminal.draw(|_| {}).unwrap();
    // In a thread of its own, as a task's panic would be: nothing unwinds through the terminal's owner.
    let _ = std::thread::spawn(|| panic!("a secret that must not be printed")).join();
    unreachable!("the panic hook ends the program");
}

#[test]
fn a_panic_gives_the_terminal_back() {
    let home = tempfile::tempdir().unwrap();
    let args = ["crashing_program", "--exact", "--nocapture"];
    let mut tui = Tui::start_program(
        &std::env::current_exe().unwrap(),
        home.path(),
        (80, 24),
        &args,
        &[("OKTUI_TEST_CRASH", "1")],
    );
    assert_eq!(tui.exit_code(), 101);
    tui.assert_restored();
    let screen = tui.screen();
    assert!(screen.contains("oktui crashed at") && !screen.contains("must not be printed"), "{screen}");
    assert!(String::from_utf8_lossy(&tui.raw()).contains("\x1b[?1049h"), "it had taken the terminal");
}
