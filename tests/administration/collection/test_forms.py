"""What the collection's own fields understand, and how they refuse."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from administration.collection.forms import NumberField


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1e30", "数値として大きすぎます。桁を確かめてください。"),
        ("123456789012345", "数値として大きすぎます。桁を確かめてください。"),
        ("0.12345", "小数点以下は4桁までで入力してください。"),
    ],
)
def test_a_number_that_cannot_be_kept_is_refused_in_plain_words(typed, said):
    with translation.override("ja"), pytest.raises(ValidationError) as refused:
        NumberField(max_digits=18, decimal_places=4).clean(typed)
    with translation.override("ja"):
        assert refused.value.messages == [said]
