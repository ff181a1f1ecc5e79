"""Links proposed from the words of other people's surveys, held against what their code lists say."""

import warnings

import pytest

import cjmkit as cj
from cjmkit.study.linking import propose

# What the code list of 2017 says each rated column is about, as stems that a name for it may begin with.
AIRPORT = {
    "Q7ART": ("art",),
    "Q7FOOD": ("food", "restaurant"),
    "Q7STORE": ("store", "retail", "shop"),
    "Q7SIGN": ("sign",),
    "Q7WALKWAYS": ("walkway", "escalator", "moving"),
    "Q7SCREENS": ("screen", "information", "monitor"),
    "Q7INFODOWN": ("info", "booth"),
    "Q7INFOUP": ("info", "booth"),
    "Q7WIFI": ("wi-fi", "wifi"),
    "Q7ROADS": ("road",),
    "Q7PARK": ("park",),
    "Q7AIRTRAIN": ("airtrain",),
    "Q7LTPARKING": ("long", "parking", "ltparking"),
    "Q7RENTAL": ("rental",),
    "Q9BOARDING": ("boarding",),
    "Q9AIRTRAIN": ("airtrain",),
    "Q9RENTAL": ("rental",),
    "Q9FOOD": ("food", "restaurant"),
    "Q9RESTROOM": ("restroom",),
    "Q10SAFE": ("safe",),
    "Q12PRECHEKCRATE": ("pre-check", "precheck", "security"),
    "Q13GETRATE": ("getting",),
    "Q14FIND": ("find",),
    "Q14PASSTHRU": ("pass", "security"),
}


@pytest.fixture(scope="module")
def airport(shared, tmp_path_factory):
    study = cj.Study.create(tmp_path_factory.mktemp("airport") / "s", framework="five-stages")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        survey = cj.survey.read(shared / "data" / "survey" / "airport_2017" / "airport_survey_2017.csv")
    return study, survey


def test_nine_of_ten_rated_questions_get_the_touchpoint_that_the_code_list_names(airport):
    study, survey = airport
    alone = [i for i in AIRPORT if i.startswith(("Q10", "Q12", "Q13", "Q14"))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for item in alone:  # bare codes on a column of its own: the researcher says what they are
            survey = survey.set_item(item, type="likert", scale=(1, 5), missing=(0, 6))
        table = propose(study, survey).set_index("item")
    assert set(table.index) == set(AIRPORT)
    named = {
        item: any(word in table.loc[item, "touchpoint"].casefold() for word in words) for item, words in AIRPORT.items()
    }
    assert sum(named.values()) >= 0.9 * len(named), [i for i, right in named.items() if not right]


def test_the_overall_ratings_and_the_recommendation_are_no_touchpoints(airport):
    study, survey = airport
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = propose(study, survey)
    assert not {"Q7ALL", "Q9ALL", "NETPRO"} & set(table["item"])
