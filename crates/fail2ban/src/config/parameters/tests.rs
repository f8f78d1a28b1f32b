use super::{ParameterError, Parameters};

fn parse(text: &str) -> Result<(&str, Parameters), ParameterError> {
    super::parse_as(text, false)
}

fn split(text: &str) -> Vec<&str> {
    super::split_as(text, false)
}

fn parsed(text: &str) -> Vec<(String, String)> {
    parse(text).unwrap().1.into_iter().collect()
}

#[test]
fn parameters_of_all_forms_are_read() {
    let text = "n[a=1, b=\"x, ]y\", c='d\"', e.f-g= h ][i=][ j=\"\n\"]";
    let wanted = [
        ("a", "1"),
        ("b", "x, ]y"),
        ("c", "d\""),
        ("e.f-g", "h"),
        ("i", ""),
        ("j", ""),
    ];
    let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(parsed(text), wanted);
    assert_eq!(parse("n[a=1,]\n").unwrap().0, "n");
    assert_eq!(parse("n ").unwrap().0, "n ");
}

#[test]
fn the_last_of_two_parameters_counts_in_the_place_of_the_first() {
    let wanted = [("a", "3"), ("b", "2")].map(|(n, v)| (n.to_owned(), v.to_owned()));
    assert_eq!(parsed("n[a=1,b=2,a=3]"), wanted);
}

#[test]
fn wrong_parameters_are_told_with_their_place() {
    assert_eq!(parse("n[a"), Err(ParameterError::NoName));
    assert_eq!(parse("[a=1]"), Err(ParameterError::NoName));
    assert_eq!(parse("n[a=1] x"), Err(ParameterError::NoName));
    let error = parse("n[ä=1, b=\"2\" c=3]").unwrap_err().to_string();
    assert_eq!(error, "unexpected syntax at 10 after option 'b':  c=3");
    let error = parse("n[a=1, ?b=2]").unwrap_err().to_string();
    assert_eq!(error, "expected option, wrong syntax at 4:  ?b=2");
}

#[test]
fn a_list_is_parted_outside_of_brackets() {
    let list = "a[b=\"x y\", c=d]\n  e f [g=h] [i=j][k=l]  m[n n";
    let wanted = [
        "a[b=\"x y\", c=d]\n ",
        "e",
        "f [g=h] [i=j][k=l] ",
        "m[n",
        "n",
    ];
    assert_eq!(split(list), wanted);
}

#[test]
fn a_list_made_to_be_tried_for_ever_is_given_up() {
    let hostile = format!("a[{}", "x=".repeat(20_000));
    assert_eq!(split(&hostile).len(), 1);
}

#[test]
fn conditions_of_parameters_are_read_where_the_version_knows_them() {
    let text = "a[b=1, c?family=inet6=\"x y\"] d[e?=1]";
    assert_eq!(super::split(text)[0], "a[b=1, c?family=inet6=\"x y\"]");
    assert_eq!(split(text)[0], "a[b=1,");
    let (_, parameters) = super::parse("a[c?family=inet6=\"x y\"]").unwrap();
    assert_eq!(parameters.get("c?family=inet6").unwrap(), "x y");
    assert!(parse("a[c?family=inet6=1]").is_err());
    assert!(super::parse("d[e?=1]").is_err());
}
