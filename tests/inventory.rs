//! The inventory on screen: a note in a file, and a server that gets an app of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use serde_json::Value;
use support::Tui;
use support::served::{Served, json as parsed};

#[test]
fn a_server_is_noted_and_gets_an_app_of_its_own_by_keys() {
    let home = tempfile::tempdir().unwrap();
    let org = Served::start(&[]);
    let shared = org.get("/api/v1/apps?q=HR")[0].clone();
    let shared_client = shared["credentials"]["oauthClient"]["client_id"].as_str().unwrap();
    let noted = || -> Vec<Value> {
        let listed = parsed(&org.run(home.path(), &["servers", "--json"]));
        listed["servers"].as_array().unwrap().clone()
    };
    let mut tui = Tui::start(home.path(), 80, 24, &[], &[]);
    tui.wait("Set up");
    tui.press(&["Enter"]);
    tui.wait("Org URL");
    tui.send(org.text("org_url"));
    tui.press(&["Tab"]);
    tui.send(org.text("api_token"));
    tui.press(&["Enter"]);
    tui.wait("HR Portal");
    tui.press(&["Down", "Enter"]);
    tui.wait("Next: Grant types");
    tui.press(&["8"]);
    tui.wait("No MCP server is noted yet");
    tui.press(&["a"]);
    for text in ["Payroll", "https://payroll.acme.example/mcp", "prod", "hr@acme.example", "", "", "", ""] {
        tui.send(text);
        tui.press(&["Enter"]);
    }
    tui.wait("▸ [ Add it ]");
    tui.press(&["Enter"]);
    tui.wait("Payroll (prod) is in the inventory");
    assert_eq!((noted()[0]["client_id"].as_str(), noted().len()), (Some(shared_client), 1));

    // What somebody adds in an editor or from a shell meanwhile stays.
    let beside = ["servers", "add", "Wiki", "--environment", "prod"];
    assert_eq!(org.run(home.path(), &beside).status.code(), Some(0));
    let writes = org.get("/__demo/writes").as_array().unwrap().len();
    tui.press(&["f"]);
    tui.wait("choose who may use it");
    tui.wait("▸4 Access");
    assert_eq!(
        org.get("/__demo/writes").as_array().unwrap().len(),
        writes,
        "nothing is written before the plan"
    );
    tui.press(&["x"]);
    tui.wait("Ana Petrović");
    tui.press(&["a"]);
    tui.wait("Staged: +1 person");
    tui.press(&["p"]);
    tui.wait("HR Portal - Payroll");
    tui.wait("Reason or ticket");
    tui.press(&["Tab", "Tab"]);
    tui.wait("▸ [ Apply");
    tui.press(&["Enter"]);
    tui.wait("Yes, apply");
    tui.press(&["y"]);
    tui.wait("Applied: ");
    tui.wait_until("the inventory to know the new app", |_| noted()[0]["client_id"] != shared_client);
    let own = org
        .get("/api/v1/apps?q=HR")
        .as_array()
        .unwrap()
        .iter()
        .find(|a| a["label"] == "HR Portal - Payroll")
        .cloned();
    assert_eq!(noted()[0]["client_id"], own.unwrap()["credentials"]["oauthClient"]["client_id"]);
    assert_eq!(noted().len(), 2, "and the other one is still there");
}
