"""Eleven slips of a tired researcher: both checkers must report each line that ends in ``# wrong``. Never run."""

import cjmkit as cj

study = cj.Study.here()
study.codigns()  # wrong
cj.Study.example(7, "copy")  # wrong
cj.survey.scoer(study.survey(), "nps")  # wrong
cj.coding.quotes(study.codings(), code=3.5)  # wrong
log = study.events()
log.funnel(["visit"], ["order"], 3, 4)  # wrong
cj.personas.fit(cj.personas.features(survey=study.survey()), sead=7)  # wrong
found = cj.personas.fit(cj.personas.features(survey=study.survey()))
found.lables  # wrong
cj.lint.check("map.yaml", study="here")  # wrong
cj.Stage(id="choice", title=["Choice"])  # wrong
cj.use_language(1)  # wrong
title: int = study.title  # wrong
