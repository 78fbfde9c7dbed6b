//! People and groups: derived from (seed, number) whenever they are asked for, never stored.

use super::seed;

/// A user's status, as `GET /api/v1/users` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Active,
    Staged,
    Provisioned,
    LockedOut,
    PasswordExpired,
    Suspended,
    Deprovisioned,
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Staged => "STAGED",
            Self::Provisioned => "PROVISIONED",
            Self::LockedOut => "LOCKED_OUT",
            Self::PasswordExpired => "PASSWORD_EXPIRED",
            Self::Suspended => "SUSPENDED",
            Self::Deprovisioned => "DEPROVISIONED",
        }
    }
}

/// One person of the org.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) n: u64,
    pub(super) id: String,
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    pub(super) login: String,
    pub(super) status: Status,
    /// What this person is there to show; most have none.
    pub(super) note: Option<&'static str>,
}

impl Person {
    pub(super) fn display(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

/// A group as generated. `per_mille` of the people without a note are in it.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) n: u64,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: &'static str,
    pub(super) built_in: bool,
    per_mille: u64,
    noted: &'static [u64],
}

/// The group every example assigns.
pub(super) const EVERYONE: u64 = 0;
/// The group whose global session rule asks for a one-time code.
pub(super) const ONE_TIME_CODE: u64 = 4;
/// The person who owns the API token.
pub(super) const ADMIN: u64 = 7;
/// The person with an enrolled authenticator app.
pub(super) const CHO: u64 = 2;

type Noted = (&'static str, &'static str, &'static str, Status, &'static str);

const NOTED: [Noted; 8] = [
    ("ana", "Ana", "Petrović", Status::Active, "works"),
    ("ben", "Ben", "Ortiz", Status::Active, "not assigned"),
    ("cho", "Cho", "Min-ji", Status::Active, "one-time code"),
    ("dana", "Dana", "Kovač", Status::LockedOut, "locked out"),
    ("eli", "Eli", "Stone", Status::PasswordExpired, "password expired"),
    ("fay", "Fay", "Adeyemi", Status::Suspended, "suspended"),
    ("gus", "Gus", "Lindqvist", Status::Staged, "staged, never activated"),
    ("admin", "Ada", "Min", Status::Active, "administrator"),
];

/// (as written, in ASCII for the login); one row of given names and one of family names for each script.
type Names = [(&'static str, &'static str); 8];
const NAMES: [(Names, Names); 8] = [
    (
        [
            ("Marta", "marta"),
            ("Márcio", "marcio"),
            ("Zoë", "zoe"),
            ("Søren", "soren"),
            ("Łukasz", "lukasz"),
            ("Inês", "ines"),
            ("Jürgen", "jurgen"),
            ("Šárka", "sarka"),
        ],
        [
            ("Nowak", "nowak"),
            ("Souza", "souza"),
            ("Ågren", "agren"),
            ("Dvořák", "dvorak"),
            ("O’Neil", "oneil"),
            ("Müller", "muller"),
            ("Østby", "ostby"),
            ("Gonçalves", "goncalves"),
        ],
    ),
    (
        [
            ("James", "james"),
            ("Olivia", "olivia"),
            ("Noah", "noah"),
            ("Grace", "grace"),
            ("Samuel", "samuel"),
            ("Ruth", "ruth"),
            ("Peter", "peter"),
            ("Hannah", "hannah"),
        ],
        [
            ("Smith", "smith"),
            ("Walker", "walker"),
            ("Okafor", "okafor"),
            ("Hughes", "hughes"),
            ("Brown", "brown"),
            ("Patel", "patel"),
            ("Nguyen", "nguyen"),
            ("Martin", "martin"),
        ],
    ),
    (
        [
            ("Νίκος", "nikos"),
            ("Ελένη", "eleni"),
            ("Γιώργος", "giorgos"),
            ("Μαρία", "maria"),
            ("Κώστας", "kostas"),
            ("Σοφία", "sofia"),
            ("Άννα", "anna"),
            ("Πέτρος", "petros"),
        ],
        [
            ("Παπαδόπουλος", "papadopoulos"),
            ("Νικολάου", "nikolaou"),
            ("Γεωργίου", "georgiou"),
            ("Ιωάννου", "ioannou"),
            ("Αντωνίου", "antoniou"),
            ("Δημητρίου", "dimitriou"),
            ("Βασιλείου", "vasileiou"),
            ("Μακρής", "makris"),
        ],
    ),
    (
        [
            ("Анна", "anna"),
            ("Иван", "ivan"),
            ("Олена", "olena"),
            ("Борис", "boris"),
            ("Дарья", "darya"),
            ("Милош", "milos"),
            ("Ольга", "olga"),
            ("Тарас", "taras"),
        ],
        [
            ("Иванова", "ivanova"),
            ("Шевченко", "shevchenko"),
            ("Петренко", "petrenko"),
            ("Смирнов", "smirnov"),
            ("Јовановић", "jovanovic"),
            ("Коваль", "koval"),
            ("Орлова", "orlova"),
            ("Мельник", "melnyk"),
        ],
    ),
    (
        [
            ("まり", "mari"),
            ("健太", "kenta"),
            ("さくら", "sakura"),
            ("翔", "sho"),
            ("陽子", "yoko"),
            ("大輔", "daisuke"),
            ("美咲", "misaki"),
            ("拓也", "takuya"),
        ],
        [
            ("田中", "tanaka"),
            ("佐藤", "sato"),
            ("鈴木", "suzuki"),
            ("高橋", "takahashi"),
            ("渡辺", "watanabe"),
            ("山本", "yamamoto"),
            ("小林", "kobayashi"),
            ("加藤", "kato"),
        ],
    ),
    (
        [
            ("תמר", "tamar"),
            ("דוד", "david"),
            ("נועה", "noa"),
            ("יוסף", "yosef"),
            ("מיכל", "michal"),
            ("אבי", "avi"),
            ("שירה", "shira"),
            ("איתן", "eitan"),
        ],
        [
            ("לוי", "levi"),
            ("כהן", "cohen"),
            ("מזרחי", "mizrahi"),
            ("פרץ", "peretz"),
            ("ביטון", "biton"),
            ("דהן", "dahan"),
            ("אברהם", "avraham"),
            ("פרידמן", "friedman"),
        ],
    ),
    (
        [
            ("عمر", "omar"),
            ("ليلى", "layla"),
            ("يوسف", "yusuf"),
            ("فاطمة", "fatima"),
            ("خالد", "khalid"),
            ("نور", "nour"),
            ("سامي", "sami"),
            ("هدى", "huda"),
        ],
        [
            ("فاروق", "farouk"),
            ("حداد", "haddad"),
            ("منصور", "mansour"),
            ("خوري", "khoury"),
            ("صالح", "saleh"),
            ("نجار", "najjar"),
            ("عباس", "abbas"),
            ("الشامي", "alshami"),
        ],
    ),
    (
        [
            ("伟", "wei"),
            ("芳", "fang"),
            ("敏", "min"),
            ("静", "jing"),
            ("민준", "minjun"),
            ("서연", "seoyeon"),
            ("अनिता", "anita"),
            ("राज", "raj"),
        ],
        [
            ("王", "wang"),
            ("李", "li"),
            ("张", "zhang"),
            ("刘", "liu"),
            ("김", "kim"),
            ("이", "lee"),
            ("शर्मा", "sharma"),
            ("गुप्ता", "gupta"),
        ],
    ),
];

/// Name, description, people per thousand. The first six of a list are always there (see `Directory::new`).
const GROUPS: [(&str, &str, u64); 12] = [
    ("Engineering", "Builds the product", 220),
    ("Contractors", "Ends with the contract", 70),
    ("Support", "Answers customers", 110),
    ("Équipe Sécurité", "Security team, Paris", 30),
    ("営業部", "Sales, Tokyo", 80),
    ("Продажи", "Sales, Kyiv", 60),
    ("MCP-Admins", "Looks after the gateway", 10),
    ("Sales", "Sells the product", 150),
    ("צוות תמיכה", "Support, Tel Aviv", 25),
    ("Interns", "Here for a summer", 15),
    ("Empty", "Nobody yet", 0),
    ("All but a few", "Nearly everyone", 950),
];

/// Generates people and groups. Costs nothing to make, whatever the size of the org.
#[derive(Debug, Clone)]
pub(super) struct Directory {
    pub(super) seed: u64,
    pub(super) people: u64,
    pub(super) groups: Vec<Group>,
}

impl Directory {
    /// `people` counts the eight with a note, `groups` the six that are always there.
    pub(super) fn new(seed: u64, people: usize, groups: usize) -> Self {
        let fixed: [(&str, &str, bool, u64, &[u64]); 6] = [
            ("Everyone", "All users in your organization", true, 1000, &[0, 1, 2, 3, 4, 5, 6, 7]),
            ("Everyone EU", "Everyone who works in the EU", false, 250, &[0]),
            ("MCP-Users", "May use tools through the AI gateway", false, 300, &[0, 2, 3, 4, 7]),
            // Text as hostile as a real org's can be: an escape sequence and a right-to-left override.
            (
                "Finance \u{1b}[31mred\u{1b}[0m \u{202e}sresu",
                "A name with control characters",
                false,
                20,
                &[],
            ),
            ("One-Time-Code", "Signs in with a code as well", false, 0, &[CHO]),
            ("Okta Administrators", "Okta manages this group", true, 0, &[ADMIN]),
        ];
        let total = groups.max(fixed.len());
        let mut list = Vec::with_capacity(total);
        for n in 0..total {
            let id = seed::okta_id(seed, "00g", n as u64);
            let group = match fixed.get(n) {
                Some((name, description, built_in, per_mille, noted)) => Group {
                    n: n as u64,
                    id,
                    name: (*name).to_owned(),
                    description,
                    built_in: *built_in,
                    per_mille: *per_mille,
                    noted,
                },
                None => {
                    let at = n - fixed.len();
                    let (name, description, per_mille) =
                        GROUPS.get(at % GROUPS.len()).copied().unwrap_or(("Group", "", 0));
                    let round = at / GROUPS.len();
                    let name = if round == 0 { name.to_owned() } else { format!("{name} {}", round + 1) };
                    Group { n: n as u64, id, name, description, built_in: false, per_mille, noted: &[] }
                }
            };
            list.push(group);
        }
        Self { seed, people: (people.max(NOTED.len())) as u64, groups: list }
    }

    /// Person number `n`, as the seed made them.
    pub(super) fn person(&self, n: u64) -> Option<Person> {
        if n >= self.people {
            return None;
        }
        let id = seed::okta_id(self.seed, "00u", n);
        if let Some((login, first, last, status, note)) = NOTED.get(n as usize) {
            let login = format!("{login}@acme.example");
            return Some(Person { n, id, first, last, login, status: *status, note: Some(note) });
        }
        let dice = seed::mix(self.seed, "person", n);
        let (given, family) = NAMES.get((dice % 8) as usize)?;
        let (first, first_ascii) = given.get((dice >> 8) as usize % 8)?;
        let (last, last_ascii) = family.get((dice >> 16) as usize % 8)?;
        let status = match (dice >> 24) % 40 {
            0 => Status::Staged,
            1 => Status::LockedOut,
            2 => Status::Suspended,
            3 => Status::PasswordExpired,
            4 => Status::Deprovisioned,
            5 => Status::Provisioned,
            _ => Status::Active,
        };
        let login = format!("{first_ascii}.{last_ascii}{n}@acme.example");
        Some(Person { n, id, first, last, login, status, note: None })
    }

    /// By id, by login, or by the part of the login before `@` (Okta takes all three).
    pub(super) fn find(&self, id_or_login: &str) -> Option<Person> {
        if let Some(n) = seed::number_of(self.seed, "00u", id_or_login) {
            return self.person(n);
        }
        let lower = id_or_login.to_lowercase();
        let short = lower.strip_suffix("@acme.example").unwrap_or(&lower);
        if let Some(n) = NOTED.iter().position(|noted| noted.0 == short) {
            return self.person(n as u64);
        }
        let name = short.trim_end_matches(|c: char| c.is_ascii_digit());
        let n = short.get(name.len()..)?.parse().ok()?;
        self.person(n).filter(|p| p.login.strip_suffix("@acme.example") == Some(short))
    }

    /// The password of person `n`; shown by `GET /__demo/people`.
    pub(super) fn password(&self, n: u64) -> String {
        format!("Demo-{}-{}", seed::text(self.seed, "password", n, 6), n % 10)
    }

    pub(super) fn group(&self, id: &str) -> Option<&Group> {
        let n = seed::number_of(self.seed, "00g", id)?;
        self.groups.get(n as usize)
    }

    pub(super) fn is_member(&self, person: u64, group: &Group) -> bool {
        if person < NOTED.len() as u64 {
            return group.noted.contains(&person);
        }
        group.per_mille >= 1000
            || seed::mix(self.seed, "member", group.n.wrapping_mul(0x1_0000_0000).wrapping_add(person)) % 1000
                < group.per_mille
    }

    pub(super) fn groups_of(&self, person: u64) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(move |g| self.is_member(person, g))
    }

    /// Numbers of the people in a group from number `first` on, ascending.
    pub(super) fn members<'a>(&'a self, group: &'a Group, first: u64) -> impl Iterator<Item = u64> + 'a {
        (first..self.people).filter(move |n| self.is_member(*n, group))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noted_people_are_there_whatever_the_seed_and_size() {
        for (seed, size) in [(1, 0), (2, 60), (99, 1000)] {
            let directory = Directory::new(seed, size, 12);
            let mcp = directory.groups.iter().find(|g| g.name == "MCP-Users").expect("group").clone();
            let works = directory.find("ana@acme.example").expect("ana");
            assert!(directory.is_member(works.n, &mcp));
            let outside = directory.find("ben@acme.example").expect("ben");
            assert_eq!(directory.groups_of(outside.n).map(|g| g.n).collect::<Vec<_>>(), [EVERYONE]);
            assert_eq!(directory.find("dana@acme.example").expect("dana").status, Status::LockedOut);
        }
    }

    #[test]
    fn everybody_is_found_by_id_and_by_login() {
        let directory = Directory::new(3, 500, 30);
        for n in 0..500 {
            let person = directory.person(n).expect("person");
            assert!(person.login.is_ascii());
            assert_eq!(directory.find(&person.id).map(|p| p.n), Some(n));
            assert_eq!(directory.find(&person.login).map(|p| p.n), Some(n));
        }
        assert!(directory.find("nobody@acme.example").is_none());
        assert!(directory.person(500).is_none());
        assert_eq!(directory.groups.len(), 30);
    }
}
