"""Agreement of coders: units of comparison, ratings as patterns, coefficients, and coders over a whole study.

``units`` cuts turns into what is compared; ``patterns`` holds ratings so that a bootstrap is a matrix product;
``coefficients`` has alpha, the kappas and AC once each; ``sets`` measures how far two sets of codes are apart;
``coders`` brings them together into :func:`cjmkit.coding.agreement`.
"""
