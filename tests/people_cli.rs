//! Lists of people from the command line: looked up, assigned, taken away, reviewed; against the demo org, each a process of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Output;
use support::Tui;
use support::served::{Served, json as parsed, shown};

const APP: &str = "Cequence AI Gateway";

/// A demo org with the example Setup applied: MCP-Users are assigned, and ana by name.
fn set_up(args: &[&str], home: &Path) -> Served {
    let org = Served::start(&[&["--limit", "100000", "--window", "1"], args].concat());
    let setup = String::from_utf8(org.run(home, &["setup", "example"]).stdout).unwrap();
    let setup = setup.replace("people = []", "people = [\"ana@acme.example\"]");
    let file = home.join("gateway.toml");
    std::fs::write(&file, setup).unwrap();
    let applied = org.run(home, &["apply", file.to_str().unwrap(), "--yes"]);
    assert_eq!(applied.status.code(), Some(0), "{}", shown(&applied));
    org
}

fn list(home: &Path, content: impl AsRef<[u8]>) -> PathBuf {
    let path = home.join("people.csv");
    std::fs::write(&path, content).unwrap();
    path
}

fn assign(org: &Served, home: &Path, more: &[&str]) -> Output {
    org.run(home, &[&["assign", "--app", APP], more].concat())
}

fn rows(document: &Value) -> Vec<(u64, &str, &str)> {
    let rows = document["rows"].as_array().unwrap().iter();
    rows.map(|r| (r["line"].as_u64().unwrap(), r["found"].as_str().unwrap(), r["result"].as_str().unwrap()))
        .collect()
}

fn app_id(org: &Served) -> String {
    let apps = org.get("/api/v1/apps");
    let app = apps.as_array().unwrap().iter().find(|a| a["label"] == APP).unwrap();
    app["id"].as_str().unwrap().to_owned()
}

/// Who is assigned by name, by login.
fn by_name(org: &Served) -> Vec<String> {
    let users = org.get(&format!("/api/v1/apps/{}/users?limit=500&expand=user", app_id(org)));
    let direct = users.as_array().unwrap().iter().filter(|u| u["scope"] == "USER");
    let mut logins: Vec<String> =
        direct.map(|u| u["_embedded"]["user"]["profile"]["login"].as_str().unwrap().to_owned()).collect();
    logins.sort();
    logins
}

/// The writes that reached the org.
fn writes(org: &Served) -> usize {
    org.get("/__demo/writes").as_array().unwrap().len()
}

#[test]
fn each_row_is_looked_up_assigned_and_told() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let org = set_up(&[], home);
    let ben = org.get("/api/v1/users/ben@acme.example")["id"].as_str().unwrap().to_owned();
    let people = list(
        home,
        format!(
            "name;E-Mail\r\n\"Ben; the second\";BEN@acme.example\r\nAna;ana@acme.example\r\nFay;fay@acme.example\r\n\
             Nobody;nobody@acme.example\r\nBen again;ben@acme.example\r\nBen by id;{ben}\r\nMe;me\r\nEli;eli\r\n"
        ),
    );
    let result = home.join("result.csv");
    let (people, result) = (people.to_str().unwrap(), result.to_str().unwrap());

    let before = writes(&org);
    let looked = assign(&org, home, &["--people", people, "--read-only", "--json"]);
    assert_eq!(looked.status.code(), Some(4), "{}", shown(&looked));
    let document = parsed(&looked);
    assert_eq!(writes(&org), before, "nothing was written");
    assert_eq!(document["applied"], Value::Null);
    assert_eq!(document["plan"]["changes"].as_array().unwrap().len(), 1, "{document}");
    assert_eq!(document["form"], "semicolon-separated, column \"E-Mail\", UTF-8");
    assert_eq!(document["notes"][0], "Columns passed over: name.");

    let done =
        assign(&org, home, &["--people", people, "--yes", "--out", result, "--reason", "CHG1", "--json"]);
    assert_eq!(done.status.code(), Some(5), "rows were left out: {}", shown(&done));
    let document = parsed(&done);
    assert_eq!(
        rows(&document),
        [
            (2, "one", "done"),
            (3, "already", "already"),
            (4, "inactive", "inactive"),
            (5, "not-found", "not-found"),
            (6, "repeated", "repeated"),
            (7, "repeated", "repeated"),
            (8, "not-found", "not-found"),
            (9, "already", "already"),
        ],
        "{document}"
    );
    assert_eq!(by_name(&org), ["ana@acme.example", "ben@acme.example"]);
    assert_eq!(writes(&org), before + 1);
    let csv = std::fs::read_to_string(result).unwrap();
    assert!(csv.starts_with("line,asked,id,login,result,detail\r\n"), "{csv}");
    assert!(csv.contains(&format!("2,BEN@acme.example,{ben},ben@acme.example,done,request ")), "{csv}");
    assert!(csv.contains("5,nobody@acme.example,,,not-found,"), "{csv}");

    let again = assign(&org, home, &["--people", people, "--yes"]);
    assert_eq!(again.status.code(), Some(1), "there was nobody left to do it for: {}", shown(&again));
    assert_eq!(writes(&org), before + 1, "twice is once");
    let journal = parsed(&org.run(home, &["journal", "--json"]));
    assert!(journal["writes"].as_array().unwrap().iter().any(|w| w["reason"] == "CHG1"), "{journal}");
}

#[test]
fn standard_input_and_groups_and_those_who_cannot_sign_in() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let org = set_up(&[], home);
    let arguments =
        ["assign", "--app", APP, "--people", "-", "--groups", "Contractors", "--inactive", "--yes"];
    let done = org.run_with_input(home, &arguments, "# from a ticket\ngus\nben@acme.example\n");
    assert_eq!(done.status.code(), Some(0), "{}", shown(&done));
    assert_eq!(by_name(&org), ["ana@acme.example", "ben@acme.example", "gus@acme.example"]);
    let groups = org.get(&format!("/api/v1/apps/{}/groups?expand=group&limit=200", app_id(&org)));
    let names: Vec<&str> = groups
        .as_array()
        .unwrap()
        .iter()
        .map(|g| g["_embedded"]["group"]["profile"]["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"Contractors") && names.contains(&"MCP-Users"), "{names:?}");
    assert!(String::from_utf8_lossy(&done.stdout).contains("2 done"), "{}", shown(&done));
}

#[test]
fn a_list_for_hundreds_is_looked_up_in_the_directory() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let org = set_up(&["--users", "300"], home);
    let listed = parsed(&org.run(home, &["people", "list", "--json"]));
    let all: Vec<&Value> = listed["people"].as_array().unwrap().iter().collect();
    assert!(all.len() > 250 && listed["more"] == false);
    let mut text: String = all.iter().map(|p| format!("{}\n", p["login"].as_str().unwrap())).collect();
    text += "nobody@acme.example\n";
    let people = list(home, text);
    let looked = assign(&org, home, &["--people", people.to_str().unwrap(), "--read-only", "--json"]);
    let document = parsed(&looked);
    assert_eq!(document["rows"].as_array().unwrap().len(), all.len() + 1);
    assert!(
        document["notes"][0].as_str().unwrap().contains("Looked up in the list of people: 2 calls"),
        "{}",
        document["notes"]
    );
    let users = org.get(&format!("/api/v1/apps/{}/users?limit=500", app_id(&org)));
    let assigned: Vec<Value> = users.as_array().unwrap().iter().map(|u| u["id"].clone()).collect();
    assert!(assigned.len() > 10);
    for (row, person) in document["rows"].as_array().unwrap().iter().zip(&all) {
        assert_eq!(row["id"], person["id"]);
        let can = ["ACTIVE", "PASSWORD_EXPIRED", "RECOVERY"].contains(&person["status"].as_str().unwrap());
        let found = if assigned.contains(&person["id"]) {
            "already"
        } else if can {
            "one"
        } else {
            "inactive"
        };
        assert_eq!(row["found"], found, "{row}");
    }
    assert_eq!(document["rows"].as_array().unwrap().last().unwrap()["found"], "not-found");
}

#[test]
fn what_is_no_list_is_refused_before_anything_is_asked_of_the_org() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let org = set_up(&[], home);
    let before = writes(&org);
    for (content, said) in [
        (&b"\x7fELF\x00\x01\x02"[..], "not text"),
        (b"PK\x03\x04", "spreadsheet"),
        (b"login\nj\xfcrgen\n", "line 2 is not UTF-8"),
        (b"", "nobody is in this list"),
        (b"login,name\nada,\"Ada\n", "quote that opens on line 2"),
    ] {
        let file = list(home, content);
        let refused = assign(&org, home, &["--people", file.to_str().unwrap(), "--yes"]);
        assert_eq!(refused.status.code(), Some(2), "{}", shown(&refused));
        assert!(String::from_utf8_lossy(&refused.stderr).contains(said), "{}", shown(&refused));
    }
    assert_eq!(assign(&org, home, &["--yes"]).status.code(), Some(2), "nobody was named");
    assert_eq!(assign(&org, home, &["--people", "/nowhere.csv"]).status.code(), Some(2));
    assert_eq!(writes(&org), before);
}

#[test]
fn a_removal_is_typed_and_leaves_those_of_a_group_alone() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let org = set_up(&[], home);
    let ben = list(home, "ben@acme.example\n");
    let ben = ben.to_str().unwrap().to_owned();
    assert_eq!(assign(&org, home, &["--people", &ben, "--yes"]).status.code(), Some(0));
    let people = list(home, "ben@acme.example\nfay@acme.example\ncho@acme.example\n");
    let people = people.to_str().unwrap();

    let asked = assign(&org, home, &["--people", people, "--remove"]);
    assert_eq!(asked.status.code(), Some(2), "nobody can say yes here: {}", shown(&asked));
    assert_eq!(by_name(&org), ["ana@acme.example", "ben@acme.example"]);
    let told = String::from_utf8_lossy(&asked.stderr).into_owned();
    assert!(told.contains("direct assignment to be taken away"), "{told}");

    let env = [("OKTUI_ORG_URL", org.text("org_url")), ("OKTUI_API_TOKEN", org.text("api_token"))];
    let arguments = ["assign", "--app", APP, "--people", people, "--remove"];
    let mut tui = Tui::start(home, 140, 50, &arguments, &env);
    tui.wait("Type 1 to apply 1 change");
    tui.send("2\r");
    tui.wait("not confirmed");
    assert_eq!(tui.exit_code(), 2);
    assert_eq!(by_name(&org), ["ana@acme.example", "ben@acme.example"]);

    let mut tui = Tui::start(home, 140, 50, &arguments, &env);
    tui.wait("Type 1 to apply 1 change");
    tui.send("1\r");
    tui.wait("1 done");
    assert_eq!(tui.exit_code(), 0);
    assert_eq!(by_name(&org), ["ana@acme.example"]);

    let group = assign(&org, home, &["--groups", "MCP-Users", "--remove", "--yes", "--json"]);
    assert_eq!(group.status.code(), Some(0), "{}", shown(&group));
    let none = assign(&org, home, &["--groups", "MCP-Users", "--remove", "--yes"]);
    assert_eq!(none.status.code(), Some(2), "{}", shown(&none));
    assert!(String::from_utf8_lossy(&none.stderr).contains("no group MCP-Users is assigned"));
}

#[test]
fn the_search_finds_beginnings_and_says_when_there_are_more() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let org = set_up(&[], home);
    let found = org.run(home, &["people", "search", "ana@", "--json"]);
    let document = parsed(&found);
    assert_eq!(found.status.code(), Some(0));
    let first = &document["people"][0];
    assert_eq!((&first["login"], &first["status"]), (&"ana@acme.example".into(), &"ACTIVE".into()));
    let mut keys: Vec<&String> = first.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["email", "id", "last_login", "login", "name", "status"]);
    assert_eq!(org.run(home, &["people", "search", "zzzz"]).status.code(), Some(1));
    let two = parsed(&org.run(home, &["people", "list", "--limit", "2", "--json"]));
    assert_eq!((two["people"].as_array().unwrap().len(), &two["more"]), (2, &Value::Bool(true)));
    let text = org.run(home, &["people", "list", "--limit", "3"]);
    assert_eq!(String::from_utf8_lossy(&text.stdout).lines().count(), 3, "{}", shown(&text));
}

#[test]
fn the_review_says_who_by_which_way_and_since_when() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let org = set_up(&[], home);
    let (ana, password) = org.person("ana@");
    let tested = org.run_with_input(home, &["test", "--app", APP, "--as", &ana, "--json"], &password);
    assert_eq!(tested.status.code(), Some(0), "{}", shown(&tested));

    let output = org.run(home, &["review", "--app", APP, "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
    let document = parsed(&output);
    let people = document["people"].as_array().unwrap();
    // What the org itself says, beside it.
    let users = org.get(&format!("/api/v1/apps/{}/users?limit=500", app_id(&org)));
    assert_eq!(people.len(), users.as_array().unwrap().len());
    let group = &document["groups"][0];
    assert_eq!(group["name"], "MCP-Users");
    let members = org.get(&format!("/api/v1/groups/{}/users", group["id"].as_str().unwrap()));
    let members: Vec<&str> = members.as_array().unwrap().iter().map(|u| u["id"].as_str().unwrap()).collect();
    assert_eq!(group["members"].as_u64(), Some(members.len() as u64));
    for person in people {
        let is_member = members.contains(&person["id"].as_str().unwrap());
        assert_eq!(person["groups"].as_array().unwrap().len(), usize::from(is_member), "{person}");
        assert_eq!(person["by_name"] == true, person["login"] == ana.as_str(), "{person}");
        assert_eq!(person["some_group"], false);
        assert_eq!(person["last_sign_in"].is_string(), person["login"] == ana.as_str(), "{person}");
        assert_eq!(person["none_since"].is_string(), person["login"] != ana.as_str(), "{person}");
    }

    let csv = home.join("review.csv");
    let page = home.join("review.md");
    let files = ["--csv", csv.to_str().unwrap(), "--markdown", page.to_str().unwrap()];
    let saved = org.run(home, &[&["review", "--app", APP, "--never"], &files[..]].concat());
    assert_eq!(saved.status.code(), Some(0), "{}", shown(&saved));
    let csv = std::fs::read_to_string(csv).unwrap();
    assert_eq!(csv.lines().count(), people.len(), "the header, and everybody but ana: {csv}");
    assert!(!csv.contains(",ana@acme.example,"));
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains(&format!("Listed are {} of the {}.", people.len() - 1, people.len())), "{page}");

    let inactive = parsed(&org.run(home, &["review", "--app", APP, "--inactive", "--json"]));
    let statuses: Vec<&str> =
        inactive["people"].as_array().unwrap().iter().map(|p| p["status"].as_str().unwrap()).collect();
    assert!(!statuses.is_empty() && !statuses.contains(&"ACTIVE"), "{statuses:?}");
}

#[test]
fn what_may_not_be_read_is_told_and_not_taken_for_none() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let org = set_up(&[], home);
    let id = app_id(&org);
    let refuse = |path: &str| {
        let fault = serde_json::json!({"match": path, "method": "GET", "status": 403, "times": 1});
        assert!(org.request("POST", "/__demo/faults", Some(fault)).0 < 300);
    };
    let review = |more: &[&str]| org.run(home, &[&["review", "--app", APP, "--json"], more].concat());

    refuse("/api/v1/logs");
    let output = review(&["--never"]);
    assert_eq!(output.status.code(), Some(6), "never cannot be told: {}", shown(&output));
    assert!(parsed(&output)["notes"][0].as_str().unwrap().contains("System Log could not be read"));

    refuse(&format!("/apps/{id}/groups"));
    let document = parsed(&review(&[]));
    assert!(document["notes"][0].as_str().unwrap().contains("assigned groups could not be read"));
    let through = |p: &&Value| p["by_name"] == false;
    assert!(document["people"].as_array().unwrap().iter().filter(through).all(|p| p["some_group"] == true));

    refuse(&format!("/apps/{id}/users"));
    let document = parsed(&review(&[]));
    assert!(document["notes"][0].as_str().unwrap().contains("people who are assigned by name are missing"));
    assert!(
        !document["people"].as_array().unwrap().is_empty(),
        "the members of the group have access all the same"
    );

    refuse(&format!("/apps/{id}/users"));
    refuse(&format!("/apps/{id}/groups"));
    let output = review(&[]);
    assert_eq!(output.status.code(), Some(4), "{}", shown(&output));
}

#[test]
fn an_app_that_takes_no_assignments_is_not_told_as_done() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let org = set_up(&[], home);
    let path = format!("/api/v1/apps/{}", app_id(&org));
    let mut app = org.get(&path);
    app["settings"]["implicitAssignment"] = true.into();
    assert_eq!(org.request("PUT", &path, Some(app)).0, 200);
    let before = writes(&org);
    let people = list(home, "ben@acme.example\n");
    let output = assign(&org, home, &["--people", people.to_str().unwrap(), "--yes", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", shown(&output));
    let document = parsed(&output);
    assert_eq!(rows(&document), [(1, "one", "not-planned")]);
    assert!(document["plan"]["notes"].to_string().contains("Federation Broker Mode"), "{document}");
    assert_eq!(writes(&org), before);
    let review = parsed(&org.run(home, &["review", "--app", APP, "--json"]));
    assert!(review["notes"][0].as_str().unwrap().contains("Federation Broker Mode"), "{review}");
}

/// A document with the kinds of its values in place of the values, one entry for each list.
fn shape(value: &Value) -> Value {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "bool".into(),
        Value::Number(_) => "number".into(),
        Value::String(_) => "text".into(),
        Value::Array(list) => Value::Array(list.iter().take(1).map(shape).collect()),
        Value::Object(fields) => fields.iter().map(|(key, v)| (key.clone(), shape(v))).collect(),
    }
}

#[test]
fn the_documents_for_programs_keep_their_shapes() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let org = set_up(&[], home);
    let people = list(home, "ben@acme.example\n");
    let output = assign(&org, home, &["--people", people.to_str().unwrap(), "--yes", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
    let mut assigned = shape(&parsed(&output));
    // These two are the documents of `plan` and `apply`.
    for other in ["plan", "applied"] {
        assert!(assigned[other].is_object());
        assigned[other] = Value::Null;
    }
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    insta::assert_snapshot!("assign", pretty(&assigned));
    let review = org.run(home, &["review", "--app", APP, "--json"]);
    insta::assert_snapshot!("review", pretty(&shape(&parsed(&review))));
    let found = org.run(home, &["people", "search", "ana@", "--json"]);
    insta::assert_snapshot!("people", pretty(&shape(&parsed(&found))));
}
