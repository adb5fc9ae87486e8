<<<<<<<< HEAD:web/demo/dist/assets/ActivityPage-eu8hSMHe.js
import{r as e}from"./NotHere-DS3CWUXI.js";import{t}from"./Feed-D2AF-INx.js";import{t as n}from"./jsx-runtime-Wy9s6hX0.js";var r=n();function i(){return(0,r.jsxs)(r.Fragment,{children:[(0,r.jsx)(e,{title:`Activity`}),(0,r.jsx)(`div`,{className:`page-column`,children:(0,r.jsx)(t,{feedType:`global`})})]})}export{i as default};
========
import{r as e}from"./NotHere-CnT3pAr_.js";import{t}from"./Feed-dXTTPZX5.js";import{t as n}from"./jsx-runtime-Wy9s6hX0.js";var r=n();function i(){return(0,r.jsxs)(r.Fragment,{children:[(0,r.jsx)(e,{title:`Activity`}),(0,r.jsx)(`div`,{className:`page-column`,children:(0,r.jsx)(t,{feedType:`global`})})]})}export{i as default};
>>>>>>>> 9a3a7f9 (Demo: the build sends asOf; recovery after a wrong clock in plain words):web/demo/dist/assets/ActivityPage-JpsDNOxl.js
