"""Stop words: the closed classes of English and Russian grammar and the fillers of spoken interviews."""

from __future__ import annotations

import re

from cjmkit.errors import CjmError, suggest

__all__ = ["says_nothing", "stop_words"]

# Negations (no, not, never; не, нет, ни, без) are left out on purpose: "no reviews" is not "reviews".
_EN = """
a an the this that these those such same other another each every either neither both all any some few many much more
most less least several enough own
i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers herself
it its itself they them their theirs themselves one ones oneself who whom whose which what whatever whoever somebody
someone something anybody anyone anything everybody everyone everything
be am is are was were been being do does did doing done have has had having can could may might must shall should will
would ought let lets get got getting gets
about above across after against along among around as at before behind below beneath beside besides between beyond by
despite down during except for from in inside into like near of off on onto out outside over past per since than
through throughout till to toward towards under until up upon via with within
and but or nor so yet if because although though unless while whereas whether when where why how then there here
again also already always even ever just only quite rather really still too very almost maybe perhaps now
i'm i've i'd i'll you're you've you'd you'll he's he'd he'll she's she'd she'll it's it'd it'll we're we've we'd we'll
they're they've they'd they'll that's that'd that'll there's here's what's who's where's how's let's
um uh erm hmm mm mhm uhm ah oh eh okay ok yeah yes yep well actually basically anyway sort kind thing things stuff
know mean guess say said says see go going goes went gonna wanna
"""
_RU = """
а и но да или либо же ли бы б ведь вот вон ну то это как так что чтобы если когда пока хотя потому поэтому
зато однако тоже также только лишь даже уже ещё еще раз снова опять очень довольно почти совсем просто прям прямо
в во на за под над из изо от ото до к ко с со у о об обо при про для через между перед по после около вокруг ради среди
кроме вместо насчет насчёт
я меня мне мной мною мы нас нам нами ты тебя тебе тобой тобою вы вас вам вами он его ему им нем нём него нему ним она
ее её ей ею ней нею неё нее оно они их ими них ним ними себя себе собой
мой моя мое моё мои моего моей моему моим моих моими моем моём мою твой твоя твое твоё твои твоего твоей наш наша наше
наши нашего нашей нашему нашим наших нашими нашу ваш ваша ваше ваши вашего вашей вашему вашим ваших вашими вашу свой
своя свое своё свои своего своей своему своим своих своими свою
этот эта эти этого этой этому этим этих этими этом эту тот та те того той тому тем тех теми том ту такой такая такое
такие такого таким таких такую весь вся все всё всего всей всему всем всех всеми всю сам сама само сами самого самой
самый самая самое самые другой другая другое другие другого каждый каждая каждое каждые любой любая любое
кто кого кому кем ком что чего чему чем чём чей чья чье чьё чьи какой какая какое какие какого какой каким каких какую
который которая которое которые которого которой которому которым которых которую котором где куда откуда когда зачем
почему сколько там тут здесь туда сюда оттуда тогда теперь сейчас потом затем сначала
быть был была было были буду будет будем будете будут есть бывает мочь могу может можем могут мог могла могли можно надо
нужно должен должна должно должны стал стала стали
кто-то что-то какой-то какая-то какие-то где-то куда-то как-то когда-то кто-нибудь что-нибудь какой-нибудь где-нибудь
как-нибудь чуть-чуть все-таки всё-таки
ага угу эээ ээ э мм хм гм ой ах ох окей ладно короче типа вообще в-общем значит собственно наверное наверно кажется
допустим например конечно скажем говорю говорит сказать сказал сказала знаете знаешь понимаете то-есть
"""
_LISTS = {"en": frozenset(_EN.split()), "ru": frozenset(_RU.split()) | frozenset(_RU.replace("ё", "е").split())}


def stop_words(lang: str) -> frozenset[str]:
    """Words that carry grammar or fill pauses, in lower case.

    Parameters
    ----------
    lang : {"en", "ru"}
        The language.

    Returns
    -------
    frozenset of str
        Articles, pronouns, prepositions, conjunctions, auxiliaries and the fillers of speech ("um", "короче"). Words
        that turn a meaning round (not, never, не, нет, без) are **not** among them.

    Examples
    --------
    >>> "который" in stop_words("ru"), "нет" in stop_words("ru"), "um" in stop_words("en")
    (True, False, True)
    """
    if lang not in _LISTS:
        raise CjmError(suggest(lang, _LISTS, what="language"))
    return _LISTS[lang]


def says_nothing(text: str) -> bool:
    """Whether an answer only says that there is nothing to say: no, none, don't know, нет, не знаю, затрудняюсь.

    Examples
    --------
    >>> [says_nothing(t) for t in ("No.", "n/a", "I don't know", "нет", "Затрудняюсь ответить", "No lift", "всё")]
    [True, True, True, True, True, False, False]
    """
    return " ".join(re.findall(r"[^\W\d_]+", text.casefold().replace("ё", "е"))) in _NOTHING


_NOTHING = frozenset(
    """
    no|none|nope|nothing|nothing at all|nothing else|nothing really|nothing to add|nothing to say|nothing in particular
    |nothing specific|not really|no comment|no comments|no answer|no opinion|no idea|no suggestions|none really|n a|na
    |nil|null|not applicable|don t know|i don t know|dont know|i dont know|dk|idk|not sure|i m not sure|unsure
    |can t think of anything|i can t think of anything|no complaints|nothing comes to mind
    |нет|неа|ничего|ничего такого|ничего особенного|ничего не|никаких|никакие|никто|нечего|нечего сказать
    |нечего добавить|ничего не могу сказать|не знаю|я не знаю|незнаю|не могу сказать|не могу ответить|без комментариев
    |комментариев нет|нет комментариев|нет ответа|нет мнения|нет предложений|предложений нет|нет пожеланий|пожеланий нет
    |нет замечаний|замечаний нет|затрудняюсь|затрудняюсь ответить|затрудняюсь сказать|сложно сказать|трудно сказать
    |не помню|н д|без ответа|ничего не приходит в голову
    """.replace("\n", "")
    .replace("    ", "")
    .split("|")
)
