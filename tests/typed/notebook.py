"""Forty public names, used as a notebook would: the comment says which type the checkers must reveal. Never run."""

from typing import reveal_type

import cjmkit as cj

study = cj.Study.here()
reveal_type(study)  # Study
reveal_type(cj.Study.example("mealkit", "copy"))  # Study
reveal_type(study.settings)  # StudySettings
turns, codings = study.turns(), study.codings()
reveal_type(turns)  # DataFrame
reveal_type(codings)  # DataFrame
codebook = study.codebook()
reveal_type(codebook)  # Codebook
survey = study.survey()
reveal_type(survey)  # Survey
reveal_type(cj.survey.read("wave.csv"))  # Survey
score = cj.survey.score(survey, "nps")
reveal_type(score)  # Score
reveal_type(cj.survey.stage_scores(survey))  # DataFrame
reveal_type(cj.coding.agreement(codings, turns, unit="turn"))  # Agreement
reveal_type(cj.coding.notes(codings, codebook))  # tuple
reveal_type(cj.coding.quotes(codings, code="price"))  # DataFrame
reveal_type(cj.interviews.read("interviews"))  # Transcripts
reveal_type(cj.coding.read_codings("codings"))  # DataFrame
reveal_type(cj.text.stems("No news for weeks"))  # list
features = cj.personas.features(survey=survey)
reveal_type(features)  # Features
found = cj.personas.fit(features, seed=7)
reveal_type(found)  # Personas
reveal_type(found.labels)  # Series
reveal_type(found.personas())  # tuple
reveal_type(found.profile())  # DataFrame
mood = cj.emotion.curve(cj.survey.stage_scores(survey), by=found.labels)
reveal_type(mood)  # Curve
reveal_type(mood.table)  # DataFrame
log = study.events()
reveal_type(log)  # EventLog
reveal_type(log.funnel(["visit", "order"]))  # Funnel
reveal_type(log.transitions())  # Transitions
reveal_type(log.retention())  # Retention
reveal_type(log.paths())  # Paths
reveal_type(cj.events.read("log.csv"))  # EventLog
barriers = cj.barriers.rank(codings, codebook=codebook)
reveal_type(barriers)  # Barriers
ranked = cj.priorities.rank(study.table("ideas"))
reveal_type(ranked)  # Priorities
journey = study.new_journey()
reveal_type(journey)  # Journey
reveal_type(journey.with_personas(found.personas()))  # Journey
reveal_type(journey.with_emotion(mood))  # Journey
reveal_type(cj.cite(score))  # Quote | SurveyFigure | EventFigure | DeskSource
reveal_type(cj.Journey(id="map", title="Map"))  # Journey
reveal_type(cj.Stage(id="choice", title="Choice"))  # Stage
reveal_type(cj.Note(text="Slow"))  # Note
reveal_type(cj.Quote(quote="Slow", document="d", start=0, end=4))  # Quote
reveal_type(cj.Estimate(value=1.0, n=12, unit="people"))  # Estimate
reveal_type(cj.lint.check(journey, study=study))  # Findings
reveal_type(study.save(journey))  # Saved
reveal_type(cj.report.html(journey, "map.html"))  # str
reveal_type(cj.exchange.read("map.xlsx"))  # Imported
reveal_type(cj.compare.journeys(journey, journey))  # Comparison
reveal_type(cj.plot.emotion_curve(mood))  # Axes
reveal_type(cj.plot.journey_map(journey))  # Axes
reveal_type(cj.widgets.map_editor(journey))  # MapEditor
reveal_type(cj.frameworks.get("loyalty-loop"))  # Framework
