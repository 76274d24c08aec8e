use model::ContactId;

/// The number of colours of authors in `style/components/group.css`.
const AUTHORS: i64 = 8;

/// A class, with that of the colour of a member of a group: it is the same in all their messages.
pub(super) fn author_class(class: &str, sender: ContactId) -> String {
    format!("{class} author-{}", sender.0.rem_euclid(AUTHORS))
}
