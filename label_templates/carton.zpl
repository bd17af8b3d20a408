{#- 100 x 100 mm: a type of carton, on its shelf. The lowest 5 mm stay white for TRAINING. -#}
{{ name|text((4, 3, 92, 20)) }}
^FO{{ 4|mm }},{{ 24|mm }}^GB{{ 92|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{{ "Inside, mm"|text((4, 26, 56, 4.5)) }}
{{ (length_mm ~ " × " ~ width_mm ~ " × " ~ height_mm)|text((4, 31, 56, 10)) }}
{{ "Holds at most"|text((4, 43, 56, 4.5)) }}
{{ max_weight_g|kg|text((4, 48, 56, 10)) }}
{{ code|qr((63, 25.5, 35)) }}
{{ code|code128((2, 64, 96, 20), "C") }}
{{ code|whole((4, 85.5, 92, 8), "C") }}
