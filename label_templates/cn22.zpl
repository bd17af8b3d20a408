{#- 100 x 150 mm: customs declaration CN 22 of the Universal Postal Union. The lowest 7.5 mm stay white. -#}
{{ "CUSTOMS DECLARATION"|text((4, 2, 66, 6)) }}
{{ "DÉCLARATION EN DOUANE"|text((4, 8, 66, 4.5)) }}
{{ "CN 22"|text((72, 2, 24, 9), 1, "R") }}
{{ "May be opened officially · Peut être ouvert d'office"|text((4, 13, 66, 4)) }}
{{ code|code128((0, 18.5, 68, 11)) }}
{{ code|whole((4, 30, 62, 5.5)) }}
{{ code|qr((70, 12, 27)) }}
^FO{{ 4|mm }},{{ 39.5|mm }}^GB{{ 92|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{{ "Sender · Expéditeur"|text((4, 40.5, 40, 3.5)) }}
{{ sender_lines|address((4, 44, 92, 13)) }}
^FO{{ 4|mm }},{{ 58|mm }}^GB{{ 92|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{{ (category == "gift")|tick((4, 59.5, 3.6)) }}
{{ "Gift · Cadeau"|text((9, 59, 24, 4.6)) }}
{{ (category == "documents")|tick((35, 59.5, 3.6)) }}
{{ "Documents"|text((40, 59, 18, 4.6)) }}
{{ (category == "sale")|tick((60, 59.5, 3.6)) }}
{{ "Sale of goods · Vente"|text((65, 59, 31, 4.6)) }}
{{ (category == "sample")|tick((4, 65, 3.6)) }}
{{ "Sample · Échantillon"|text((9, 64.5, 24, 4.6)) }}
{{ (category == "other")|tick((35, 65, 3.6)) }}
{{ "Other · Autre"|text((40, 64.5, 18, 4.6)) }}
{{ (category == "returned")|tick((60, 65, 3.6)) }}
{{ "Returned · Retour"|text((65, 64.5, 31, 4.6)) }}
^FO{{ 4|mm }},{{ 70.5|mm }}^GB{{ 92|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{{ "Quantity and detailed description (1)"|text((4, 71.5, 43, 3.5)) }}
{{ "Net weight (2)"|text((48, 71.5, 15, 3.5), 1, "R") }}
{{ "Value (3)"|text((64, 71.5, 14, 3.5), 1, "R") }}
{{ "HS (4), origin (5)"|text((79, 71.5, 17, 3.5), 1, "R") }}
{% for line in lines[:5] %}
{{ (line.qty ~ " × " ~ line.description)|text((4, 75.5 + 6 * loop.index0, 43, 5.6), 2) }}
{{ line.net_g|kg|text((48, 75.5 + 6 * loop.index0, 15, 5.6), 1, "R") }}
{{ line.value|whole((64, 75.5 + 6 * loop.index0, 14, 5.6), "R") }}
{{ (line.hs_code ~ " " ~ line.origin)|whole((79, 75.5 + 6 * loop.index0, 17, 5.6), "R") }}
{% endfor %}
^FO{{ 4|mm }},{{ 106|mm }}^GB{{ 92|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{{ "Total weight (6) and value (7)"|text((4, 107.5, 43, 5)) }}
{{ weight_g|kg|whole((48, 107, 22, 6), "R") }}
{{ (value ~ " " ~ currency)|whole((71, 107, 25, 6), "R") }}
^FO{{ 4|mm }},{{ 114|mm }}^GB{{ 92|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{{ "I, the undersigned, whose name and address are given on the item, certify that the particulars given in this declaration are correct and that this item does not contain any dangerous article or articles prohibited by legislation or by postal or customs regulations."|text((4, 115, 92, 13), 5) }}
{{ "Date and sender's signature (8) · Date et signature"|text((4, 129, 92, 3.5)) }}
{{ posted_on|whole((4, 133, 28, 7)) }}
{{ signed|text((34, 133, 62, 7)) }}
