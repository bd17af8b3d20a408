{#- 100 x 50 mm: a tote. The lowest 3.5 mm stay white for TRAINING. -#}
{{ name|whole((4, 1.5, 92, 21)) }}
^FO{{ 4|mm }},{{ 22.5|mm }}^GB{{ 92|mm }},{{ 0.25|mm }},{{ 0.25|mm }}^FS
{{ code|code128((0, 25, 76, 13.5)) }}
{{ code|whole((4, 39, 72, 6.5)) }}
{{ code|qr((76, 24.5, 22)) }}
