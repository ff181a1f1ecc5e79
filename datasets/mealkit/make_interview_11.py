"""Write ``interviews/interview-11.docx``: the one interview that came from a typist, as a Word file.

The words were written by hand, as those of all the interviews; this only sets them. Run it as
``python make_interview_11.py [FOLDER]``; needs python-docx.
"""

# ruff: noqa: E501  (one line a turn)

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

HERE = Path(__file__).parent

TALK = """\
Interviewer: Good morning, and thank you for inviting me, Dr Penhallow. I'm Nadia; I'm an outside researcher, and I'd like to hear the story in your own order.
Rosalind: Rosalind, please. I haven't been Dr Penhallow since they took my pigeonhole. Sixty-eight. I was a GP in Bath for thirty years, and now I'm a widow with a large kitchen, which is a sentence I practised in the car. I hope you like ginger biscuits.
Interviewer: I do. Tell me about the kitchen.
Rosalind: Michael cooked. That is the whole of it. I could boil an egg and diagnose a rash. He had forty cookery books and I gave away thirty-six. And after about a year of soup I thought, this is silly, you passed chemistry, you can follow a protocol. I wanted to learn it properly, from the beginning, as one would a language. I didn't want to be fed. My daughter kept offering to have me fed.
Interviewer: Where did Larder & Lane come in?
Rosalind: There's a programme, my granddaughter calls it a podcast, about the Tudors. I listen when I'm gardening. The young man who presents it is quite dreadful on the Reformation but he cooks, and he talked about making something with verjuice and said that it came in the box. Verjuice! I came in with my gloves on and wrote it down on the seed packet.
Interviewer: And next?
Rosalind: I looked at it on the computer that evening, and then for about six weeks afterwards. I'm not impulsive; I was engaged for four years, which my mother thought was brisk. I used to read the menu on Sunday nights, as one reads the concert listings. I printed some. I had several conversations with my neighbour, Philippa, who had tried the other one, with the silly name, Plateful, and who said that it was all brown.
Interviewer: Did anything worry you at the time you were choosing?
Rosalind: It is not really meant for one. I telephoned to ask, and I was told that I might freeze the second portion, which I knew; I had a freezer before that child was born. The cost I didn't trouble with very much. I understood that there'd be a reduction to start with, and that it would then go up, as everything does. I've a good pension and nobody to leave it to but two people who already have houses.
Interviewer: How was it to sign up and pay?
Rosalind: I made rather a mess of it. It asked for a password with a symbol, and then it asked me to choose all the pictures with traffic lights. I rang my granddaughter, Imogen, and she did it from Leeds, in about a minute, on my behalf, which was humbling. I don't think I'd have managed it alone.
Interviewer: What did you expect of that first box?
Rosalind: I expected to be patronised. I'd imagined stickers. What I found was a fillet of sea trout, so fresh it had hardly stopped, and a leaflet explaining why one rests it. Why! Nobody in all my years of burning things had told me why. I sat down and read it twice before I'd taken my coat off. Though I did then burn the potatoes, because the paper was on top of them, so to speak. One can't have everything the first night.
Interviewer: It sounds as if the explanation was the point.
Rosalind: Entirely. I've kept every card in Michael's file, in order, with notes. "Too much fennel." "Do again for Philippa." I have made a hollandaise, twice. I've begun to improvise, which he always said one would. Last week I didn't look at the card at all until the end.
Interviewer: What is less good?
Rosalind: The timings are nonsense. Twenty-five minutes, for whom? I have arthritis in both thumbs. It takes me well over an hour, and that's perfectly all right, since I have nothing on; but if I had come home from a surgery I should have thrown the butternut squash through the window. I also dislike all the packaging. One feels one is unwrapping a crystal glass each time and it's a radish.
Interviewer: Do you change or skip weeks?
Rosalind: When I go to Imogen's. I find it fairly simple. There is a calendar and one clicks on the week; I do it well ahead, with my diary. I did once leave it too late and I simply gave the box to the boys across the road, who'd never seen a celeriac.
Interviewer: Has anybody from the company been in touch, or have you contacted them?
Rosalind: I wrote to tell them the hollandaise quantities were wrong, and a person replied, with thanks, and the card's been corrected. I was absurdly proud. I felt I'd published.
Interviewer: Whom have you told about it?
Rosalind: The whole of my book group. Two of them have taken it up; one, Cynthia, gave it up again at once because of her hips. I was told that I ought to be sent twenty pounds for each, and it may have come, I don't look. It's not a thing one does for twenty pounds.
Interviewer: What would you alter?
Rosalind: A box for one; I am not half of anything. And an honest clock. If you'd like to check any of this my address is 14 Lyncombe Rise, and there is always a biscuit.
"""


def main(folder: Path = HERE) -> None:
    """Write the document, one paragraph a turn, the speaker in bold."""
    import docx

    document = docx.Document()
    for line in TALK.splitlines():
        speaker, _, words = line.partition(": ")
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{speaker}:").bold = True
        paragraph.add_run(f" {words}")
    properties = document.core_properties
    properties.author, properties.title = "Larder & Lane study", "Interview 11"
    properties.created = properties.modified = dt.datetime(2026, 7, 9, 12, 0)
    document.save(str(folder / "interviews" / "interview-11.docx"))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
