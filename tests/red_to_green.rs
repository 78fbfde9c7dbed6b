//! The loop, by keys alone: a test that fails, `f`, the plan, yes, and the same test again, which passes and says how it was before.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use support::Tui;

const APP: &str = "Practice Gateway";

/// The tester's form for the practice app of a demo org in that state.
fn at_the_form(scenario: &str, app: &str, home: &std::path::Path) -> Tui {
    let mut tui = Tui::start(home, 80, 24, &["demo", "--scenario", scenario], &[]);
    tui.wait("HR Portal");
    tui.press(&["Esc"]);
    tui.wait("Scenarios");
    tui.press(&["Home", "Down", "Enter"]);
    tui.wait(app);
    tui.press(&["/"]);
    tui.send(app);
    tui.press(&["Enter", "Enter"]);
    tui.wait("[ Run ]");
    tui
}

#[test]
fn from_a_failed_test_to_a_passed_one_by_keys() {
    for (scenario, app, failed) in [
        ("redirect-slash", APP, "step authorize"),
        ("redirect-case", APP, "step authorize"),
        ("redirect-scheme", APP, "step authorize"),
        ("redirect-port", APP, "step authorize"),
        ("not-assigned", APP, "step authorize"),
        ("other-group", APP, "step authorize"),
        ("group-lost", APP, "step authorize"),
        ("policy-without-client", APP, "step authorize"),
        ("policy-without-grant", APP, "step authorize"),
        ("policy-without-scope", APP, "step authorize"),
        ("default-without-policy", "HR Portal", "step authorize"),
        ("app-inactive", APP, "step authorize"),
        ("grant-missing", APP, "step authorize"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let mut tui = at_the_form(scenario, app, home.path());
        tui.press(&["r"]);
        tui.wait("run 1 FAILED");
        tui.wait(failed);
        tui.press(&["f"]);
        tui.wait("Reason or ticket");
        tui.press(&["Tab", "Tab"]);
        if tui.screen().contains("Type ") {
            tui.send(app);
            tui.press(&["Enter"]);
        } else {
            tui.press(&["Enter", "y"]);
        }
        tui.wait("Run the failed test again");
        tui.press(&["Enter"]);
        tui.wait("run 2 PASSED");
        tui.wait("Before the change: FAILED");
    }
}
