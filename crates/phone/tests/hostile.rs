//! Any text that is typed for a phone number is one number, two or none.

use hostile::cases;
use phone::{Reading, read};
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn any_typed_number_is_read(typed in prop_oneof![
        hostile::text(), hostile::word(), "[+0-9 ()./-]{0,40}".boxed()
    ]) {
        if let Ok(Reading::One(number)) = read(&typed) {
            prop_assert!(read(number.as_str()).is_ok(), "{}", number.as_str());
        }
    }

    #[test]
    fn any_digits_can_be_written(digits in prop_oneof![hostile::word(), "[0-9]{0,30}".boxed()]) {
        phone::number(&digits);
        phone::forms(&digits);
    }
}
