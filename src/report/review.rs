//! Who has access, as a file for whoever has to sign it off.

use super::table::{Table, marked_down};
use crate::okta::model::UserStatus;
use crate::people::{Access, LastSignIn, Review};
use crate::text::time::utc;

fn cells(row: &Access) -> [String; 9] {
    let person = row.person.as_ref();
    let last = match row.last {
        LastSignIn::At(then) => then.to_string(),
        LastSignIn::NoneSince(_) | LastSignIn::NotRead => String::new(),
    };
    let mut groups: Vec<&str> = row.ways.groups.iter().map(|(_, name)| name.as_str()).collect();
    if row.ways.some_group {
        groups.push("a group that was not read");
    }
    [
        row.id.to_string(),
        row.login().to_owned(),
        person.map(|p| p.name.to_string()).unwrap_or_default(),
        person.map(|p| p.email.to_string()).unwrap_or_default(),
        person.map(|p| status(p.status).to_owned()).unwrap_or_default(),
        if row.ways.direct { "yes" } else { "no" }.to_owned(),
        groups.join("; "),
        last,
        row.last.words(),
    ]
}

fn status(status: UserStatus) -> &'static str {
    status.words()
}

/// One row for each person. Columns: `id`, `login`, `name`, `email`, `status`, `by_name` (yes or no), `groups` (names, with `; ` between),
/// `last_sign_in` (RFC 3339, empty if there is none or it is not known), `last_sign_in_in_words`.
pub fn review_csv(rows: &[&Access]) -> String {
    let mut table = Table::new(&[
        "id",
        "login",
        "name",
        "email",
        "status",
        "by_name",
        "groups",
        "last_sign_in",
        "last_sign_in_in_words",
    ]);
    rows.iter().for_each(|row| table.row(cells(row)));
    table.csv()
}

/// A page of Markdown: what was read and when, what was not, and one row for each of these people with room for a decision.
pub fn review_markdown(review: &Review, rows: &[&Access]) -> String {
    let mut text = format!(
        "# Access review: {}\n\nRead {}. {}.\n",
        marked_down(review.label.as_str()),
        utc(review.read),
        review.summary()
    );
    if !review.notes.is_empty() {
        text += "\n";
        for note in &review.notes {
            text += &format!("- {}\n", marked_down(note));
        }
    }
    if !review.groups.is_empty() {
        text += "\n## Groups\n\n";
        let mut table = Table::new(&["Group", "Members"]);
        for group in &review.groups {
            table
                .row([group.name.to_string(), group.members.map_or("not counted".into(), |n| n.to_string())]);
        }
        text += &table.markdown();
    }
    text += "\n## People\n\n";
    if rows.len() < review.rows.len() {
        text += &format!("Listed are {} of the {}.\n\n", rows.len(), review.rows.len());
    }
    let mut table = Table::new(&["Login", "Name", "Status", "Access", "Last sign-in", "Keep?"]);
    for row in rows {
        let person = row.person.as_ref();
        table.row([
            row.login().to_owned(),
            person.map(|p| p.name.to_string()).unwrap_or_default(),
            person.map(|p| status(p.status).to_owned()).unwrap_or_default(),
            row.ways.words(),
            row.last.words(),
            String::new(),
        ]);
    }
    text + &table.markdown()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::okta::model::{Group, GroupKind, User};
    use crate::people::Ways;

    fn sample() -> Review {
        let id = |id: &str| id.parse().unwrap();
        let user = User {
            id: id("00uA"),
            login: "=ana@x.com".into(),
            name: "Ana, \"A\" <b>".into(),
            email: "ana@x.com".into(),
            status: UserStatus::Suspended,
            last_login: None,
        };
        let group = Group {
            id: "00gA".parse().unwrap(),
            name: "Team|A".into(),
            description: None,
            kind: GroupKind::Okta,
            members: Some(7),
        };
        let access = |id: &str, person: Option<User>, ways: Ways, last| Access {
            id: id.parse().unwrap(),
            person,
            user_name: None,
            ways,
            last,
        };
        let at: jiff::Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let ways =
            Ways { direct: true, groups: vec![(group.id.clone(), group.name.clone())], some_group: false };
        Review {
            label: "Gate*way".into(),
            read: "2026-11-23T09:00:00Z".parse().unwrap(),
            rows: vec![
                access("00uA", Some(user), ways, LastSignIn::At(at)),
                access("00uB", None, Ways { some_group: true, ..Ways::default() }, LastSignIn::NoneSince(at)),
            ],
            groups: vec![group],
            notes: vec!["A note.".into()],
        }
    }

    #[test]
    fn the_csv_is_for_spreadsheets() {
        let review = sample();
        insta::assert_snapshot!(review_csv(&review.rows.iter().collect::<Vec<_>>()));
    }

    #[test]
    fn the_page_is_for_whoever_signs_it() {
        let review = sample();
        insta::assert_snapshot!(review_markdown(&review, &review.rows.iter().take(1).collect::<Vec<_>>()));
    }
}
